import StationKit

/// A file of a bank that was set aside, as stored.
package struct SpoolRefusal: Sendable, Hashable {
  /// Of its content, or of what else tells it apart where there is no content; older records have it as their id.
  package let digest: String?
  /// As the bank's connector named it; nil where the name is not one that may be kept.
  package let name: String?
  package var reason: SpoolReason
  /// The rule that refused, if one did.
  package var rule: String?
  package var at: Instant
  /// How often it was set aside.
  package var times = 1
  package var state = RefusalState.setAside

  package init(digest: String?, name: String?, reason: SpoolReason, rule: String?, at: Instant) {
    self.digest = digest
    self.name = name
    self.reason = reason
    self.rule = rule
    self.at = at
  }

  /// Whether a name may be kept: a bank may have put a person's number into it.
  package static func mayKeep(_ name: String) -> Bool {
    let marks = Set("._-".utf8)
    return (1...128).contains(name.utf8.count) && FreeText.finding(in: name) == nil
      && KeyScreen.finding(in: name) == nil
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || marks.contains($0)
      }
  }

  package var body: JSONObject {
    var body: JSONObject = [
      "reason": .string(reason.rawValue), "at": at.stored, "times": .int(times),
      "state": .string(state.rawValue), "ended": .string(at.description),
    ]
    if let digest { body["digest"] = .string(digest) }
    if let name { body["name"] = .string(name) }
    if let rule { body["rule"] = .string(rule) }
    return body
  }

  package init?(_ body: JSONObject) {
    guard let reason = SpoolReason(body["reason"]),
      let at = Instant(body["at"]), let times = body["times"]?.intValue,
      let state = RefusalState(body["state"])
    else { return nil }
    self.init(
      digest: body["digest"]?.stringValue, name: body["name"]?.stringValue, reason: reason,
      rule: body["rule"]?.stringValue, at: at)
    self.times = times
    self.state = state
  }

  /// What lists show of it.
  func shown(id: String, version: Int, zone: Zone) -> JSONValue {
    var item: JSONObject = [
      "id": .string(id), "version": .int(version), "state": .string(state.rawValue), "reason": reason.shown,
      "at": at.text(zone), "times": .int(times),
    ]
    if let name { item["name"] = .string(name) }
    if let rule { item["rule"] = .string(rule) }
    return .object(item)
  }

  static let schema: JSONValue = Shapes.object(
    [
      "digest": SpoolSchemas.digest, "name": SpoolSchemas.name, "reason": SpoolSchemas.reasonCode,
      "rule": Shapes.text(max: 64),
      "at": Shapes.milliseconds, "times": Shapes.count, "state": Shapes.words(RefusalState.self),
      "ended": Shapes.instant,
    ], required: ["reason", "at", "times", "state", "ended"])
}
