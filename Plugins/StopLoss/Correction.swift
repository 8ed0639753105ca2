import StationKit

/// The victim's particulars as they stood until they were corrected: both versions stay.
package struct Correction: Sendable {
  package let at: Instant
  package let by: String
  /// What the correction rests on.
  package let document: String
  package let before: Victim
}

extension Correction {
  init?(_ json: JSONValue) {
    guard let at = Instant(json["at"]), let by = json["by"]?.stringValue,
      let document = json["document"]?.stringValue, let before = Victim(json["before"])
    else { return nil }
    self.init(at: at, by: by, document: document, before: before)
  }

  var json: JSONValue {
    ["at": at.stored, "by": .string(by), "document": .string(document), "before": before.json]
  }

  func shown(_ zone: Zone) -> JSONValue {
    [
      "at": at.text(zone), "by": .string(by), "document": .string(document),
      "before": before.json,
    ]
  }

  static let document = Shapes.personal(.text, max: 120)
  static let schema = shape(at: Shapes.milliseconds)
  static let shownSchema = shape(at: Shapes.instant)

  private static func shape(at: JSONValue) -> JSONValue {
    Shapes.object(["at": at, "by": Schemas.person, "document": document, "before": Victim.schema])
  }
}
