import StationKit

/// The module's rules, with every local number checked against its maximum.
package struct Rules: Sendable {
  package let book: RuleBook

  /// - Throws: ``RuleBookError``, naming the rule and the member at fault. There is nothing
  ///   else that a configuration can say: no category, no field, no duty.
  package init(_ configuration: JSONValue) throws {
    for key in configuration.objectValue?.keys ?? [] where key != "rules" && key != "$comment" {
      throw RuleBookError(
        "'\(key)' is not known: the configuration gives numbers to rules, and nothing else",
        at: JSONPointer(tokens: [key]))
    }
    book = try RuleBook(configuration, needs: RuleID.needs)
    for rule in book.table {
      guard let day = CivilDate(rule.effective) else { continue }
      try check(rule.id, try book.rule(rule.id, on: day))
      for category in Category.allCases {
        let one = try int(RuleID.maximum(category), "months", on: day)
        let total = try book.rule(RuleID.total(category), on: day)
        guard one <= total.int("months") else {
          throw total.wrong("months", "must not be below one instrument's")
        }
      }
    }
  }

  /// A number of a rule as it stood on a day.
  func int(_ id: String, _ name: String, on day: CivilDate) throws(RPCError) -> Int {
    try book.rule(id, on: day).int(name)
  }

  func reference(_ id: String, on day: CivilDate) throws(RPCError) -> RuleRef {
    try book.rule(id, on: day).reference
  }

  /// More than a lifetime is no term.
  private static let ceiling = 1200

  private func check(_ id: String, _ entry: RuleBook.Entry) throws(RuleBookError) {
    for (name, value) in entry.values {
      guard let number = value.intValue, (1...Self.ceiling).contains(number) else {
        throw entry.wrong(name, "must be from 1 to \(Self.ceiling)")
      }
      for unit in ["days", "hours"] where name == unit || id == RuleID.reviewInterval && unit == "days" {
        guard let most = entry.values["\(unit)_at_most"]?.intValue else { continue }
        guard number <= most else { throw entry.wrong(name, "must be at most \(most)") }
      }
    }
  }
}
