import StationKit

/// A computed term as a record keeps it: enough to show it, to explain it and to compute it again.
package struct StoredTerm: Sendable, Hashable {
  package let rule: RuleRef
  package let term: Term
  package let start: Instant
  /// The first instant at which it is over.
  package let end: Instant
  package let provisional: Bool
  package let calendarVersion: String

  package init(_ computed: ComputedTerm) {
    rule = computed.rule
    term = computed.term
    start = computed.start
    end = computed.end
    provisional = computed.provisional
    calendarVersion = computed.calendarVersion
  }

  /// From its stored form; nil if it is not one.
  package init?(_ json: JSONValue?) {
    guard let json, let id = json["rule"]?.stringValue, let version = json["version"]?.stringValue,
      let term = json["term"]?.stringValue.flatMap({ Term($0) }), let start = Instant(json["start"]),
      let end = Instant(json["end"]), let calendar = json["calendar"]?.stringValue
    else { return nil }
    rule = RuleRef(id: id, version: version)
    self.term = term
    self.start = start
    self.end = end
    provisional = json["provisional"]?.boolValue ?? false
    calendarVersion = calendar
  }

  package var json: JSONValue {
    [
      "rule": .string(rule.id), "version": .string(rule.version), "term": .string(term.description),
      "start": start.stored, "end": end.stored, "provisional": .bool(provisional),
      "calendar": .string(calendarVersion),
    ]
  }

  package static let schema: JSONValue = Shapes.object([
    "rule": Shapes.text(max: 64), "version": Shapes.text(max: 32), "term": Shapes.text(max: 32),
    "start": Shapes.milliseconds, "end": Shapes.milliseconds, "provisional": Shapes.flag,
    "calendar": Shapes.text(max: 256),
  ])
}
