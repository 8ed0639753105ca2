import StationKit

/// When the keeping of a collection's records ends, worked out from its declaration.
struct RetentionRule: Sendable {
  let years: Int
  /// The member with the instant that the years are counted from.
  let member: String
  /// The kind of the deadline that removes a record. Modules' own kinds have a dot and no colon.
  let deadline: String

  /// Deadlines of this kind are the store's own.
  static let prefix = "retention:"

  /// nil where records are kept for ever.
  init?(_ compiled: CompiledCollection) {
    guard case .years(let years, let member) = compiled.declaration.retention else { return nil }
    self.years = years
    self.member = member
    deadline = Self.prefix + compiled.fullName
  }

  func isSet(in body: JSONObject) -> Bool { body[member].map { $0 != .null } ?? false }

  /// The end of the day, so many years after the local day of the member's instant; 29 February gives
  /// 28 February in a common year. nil while the member is absent.
  /// - Throws: ``ModuleFault`` for a member that is neither UTC milliseconds nor an RFC 3339 instant or date.
  func end(of body: JSONObject, zone: Zone) throws -> Instant? {
    guard let value = body[member], value != .null else { return nil }
    return CivilDate(dayNumber: try day(value, zone)).adding(months: 12 * years).end(in: zone)
  }

  private func day(_ value: JSONValue, _ zone: Zone) throws -> Int {
    if let milliseconds = value.intValue {
      return Instant(milliseconds: Int64(milliseconds)).localDay(in: zone).number
    }
    if let text = value.stringValue {
      if let instant = Instant(rfc3339: text) { return instant.localDay(in: zone).number }
      if let date = CivilDate(text) { return date.dayNumber }
    }
    throw ModuleFault("\(deadline): '\(member)' is not an instant")
  }
}
