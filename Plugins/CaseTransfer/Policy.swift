import StationKit

/// The rules and the units that have a part of their own in every transfer.
struct Policy: Sendable {
  let book: RuleBook
  /// Rules on disputes, and hands evidence out when the bureau has lost jurisdiction.
  let legal: String
  /// Hears of everything that is overdue.
  let coordination: String
  /// Takes urgent cases at once, and what has become a crime.
  let criminalBrigade: String
  /// Years that a case is kept.
  let retention: Int

  /// - Throws: `RuleBookError`.
  init(_ configuration: JSONValue) throws {
    book = try RuleBook(configuration, needs: RuleID.needs, beside: ["units"])
    try RuleBook.requireKnown(
      configuration["units"], ["legal", "coordination", "criminal_brigade"],
      at: JSONPointer(tokens: ["units"]))
    func unit(_ name: String) throws(RuleBookError) -> String {
      guard let id = configuration["units"]?[name]?.stringValue, JSONSchemaFormat.id.accepts(id) else {
        throw RuleBookError(
          "'units.\(name)' must be the id of a unit", at: JSONPointer(tokens: ["units", name]))
      }
      return id
    }
    legal = try unit("legal")
    coordination = try unit("coordination")
    criminalBrigade = try unit("criminal_brigade")
    try Policy.check(book)
    // The number in force last: a longer retention holds for older cases too.
    let latest = CivilDate("9999-12-31") ?? CivilDate(dayNumber: 0)
    retention = try book.rule(RuleID.retention, on: latest).int("years")
  }

  /// Every number within what the clock and the schemas bear, in every version, so that no call finds out.
  private static func check(_ book: RuleBook) throws {
    for rule in book.table {
      guard let day = CivilDate(rule.effective) else { continue }
      let entry = try book.rule(rule.id, on: day)
      for (name, _) in entry.values {
        let least = RuleID.mayBeZero.contains(rule.id) ? 0 : 1
        guard (least...(RuleID.greatest[name] ?? least)).contains(entry.int(name)) else {
          throw entry.wrong(name, "must be \(least) to \(RuleID.greatest[name] ?? 0)")
        }
      }
    }
  }
}
