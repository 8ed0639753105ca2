import StationKit

/// The module's rule file, checked, as the code asks for it.
package struct Rules: Sendable {
  package let book: RuleBook

  private static let needs: [RuleBook.Need] = [
    .init(RuleID.acceptLimit, ints: ["hours"]), .init(RuleID.firstSession, ints: ["working_days"]),
    .init(RuleID.secondSession, ints: ["working_days"]), .init(RuleID.sessionsAtMost, ints: ["sessions"]),
    .init(RuleID.guardian, ints: ["adult", "self_supporting"]), .init(RuleID.proxy, lists: ["roles"]),
    .init(RuleID.agreementLimit, ints: ["hours"]), .init(RuleID.visit, ints: ["days"]),
    .init(RuleID.caseClock, ints: ["days"]),
    .init(RuleID.caseExtension, ints: ["days", "times", "approval_hours"]),
    .init(RuleID.court, ints: ["days"]),
    .init(RuleID.door, ints: ["failures", "calls", "days"], lists: ["urgency"]),
    .init(RuleID.escalation, lists: ["rungs"]), .init(RuleID.desks, lists: ["coordination"]),
    .init(RuleID.period, ints: ["days"]), .init(RuleID.success, ints: ["target"]),
    .init(RuleID.visits, ints: ["target"]),
  ]

  /// Rules without numbers.
  private static let plain =
    Exclusion.allCases.map(\.rule) + [
      RuleID.lifeCycle, RuleID.station, RuleID.firstReceiver, RuleID.handOver, RuleID.why, RuleID.parties,
      RuleID.idNumber, RuleID.birth, RuleID.age, RuleID.correction, RuleID.represents, RuleID.sides,
      RuleID.consent, RuleID.attendance, RuleID.agreementItems, RuleID.agreementTerm, RuleID.agreementMethod,
      RuleID.signatures, RuleID.performance, RuleID.appraisal, RuleID.advice, RuleID.time, RuleID.repeats,
      RuleID.bounds, RuleID.repeatRate,
    ]

  /// - Throws: `RuleBookError`, naming the rule and what is wrong with it.
  package init(_ configuration: JSONValue) throws {
    book = try RuleBook(configuration, needs: Self.needs + Self.plain.map { .init($0) })
    for rule in book.table {
      guard let day = CivilDate(rule.effective) else { continue }
      try Self.check(try book.rule(rule.id, on: day))
    }
  }

  /// The rules of a case that began on a day.
  package func on(_ day: CivilDate) -> CaseRules { CaseRules(book: book, day: day) }

  private static func check(_ entry: RuleBook.Entry) throws(RuleBookError) {
    let id = entry.rule.id
    func number(_ name: String, _ range: ClosedRange<Int>) throws(RuleBookError) {
      guard range.contains(entry.int(name)) else {
        throw entry.wrong(name, "must be \(range.lowerBound) to \(range.upperBound)")
      }
    }
    switch id {
    case RuleID.acceptLimit, RuleID.agreementLimit: try number("hours", 1...8_760)
    case RuleID.firstSession, RuleID.secondSession: try number("working_days", 1...250)
    // The life cycle has a place for two.
    case RuleID.sessionsAtMost: try number("sessions", 1...2)
    case RuleID.guardian:
      try number("adult", 1...150)
      try number("self_supporting", 1...entry.int("adult"))
    case RuleID.visit, RuleID.caseClock, RuleID.court: try number("days", 1...3_650)
    case RuleID.caseExtension:
      try number("days", 1...3_650)
      try number("times", 0...12)
      try number("approval_hours", 1...720)
    case RuleID.door:
      try number("failures", 1...1_000)
      try number("calls", 1...Bounds.calls)
      try number("days", 1...3_650)
      try word(entry, "urgency") { ["immediate", "urgent", "routine"].contains($0) }
    case RuleID.desks: try word(entry, "coordination") { JSONSchemaFormat.id.accepts($0) }
    case RuleID.proxy:
      guard entry.strings("roles").allSatisfy({ Role(rawValue: $0)?.isParty == true }) else {
        throw entry.wrong("roles", "must hold roles of parties")
      }
    case RuleID.escalation:
      let rungs = entry.strings("rungs").map(Rung.init)
      guard !rungs.isEmpty, rungs.allSatisfy({ $0 != nil }), rungs.contains(where: { $0?.percent == 100 })
      else { throw entry.wrong("rungs", "must hold '<percent> <who> …', and one at 100") }
      guard Set(rungs.map { $0?.percent }).count == rungs.count else {
        throw entry.wrong("rungs", "has a percentage twice")
      }
    case RuleID.period: try number("days", 1...3_660)
    case RuleID.success, RuleID.visits: try number("target", 0...100)
    default: break
    }
  }

  private static func word(
    _ entry: RuleBook.Entry, _ name: String, _ fits: (String) -> Bool
  ) throws(RuleBookError) {
    let words = entry.strings(name)
    guard words.count == 1, words.allSatisfy(fits) else {
      throw entry.wrong(name, "must hold one word that is known")
    }
  }
}
