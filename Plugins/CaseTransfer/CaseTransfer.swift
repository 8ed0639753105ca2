import StationKit

/// Cases that pass from one unit to another: exactly one owner at every instant, evidence counted and signed for
/// by both sides, disputes after the acceptance, never before it.
package enum CaseTransfer {
  /// The module, for a checked configuration.
  ///
  /// - Parameter configuration: the parsed `etc/transfer/rules.json`: rules, and the units that have a part of
  ///   their own.
  /// - Throws: ``PolicyError`` or `RuleBookError`, naming the rule and the member at fault.
  package static func module(configuration: JSONValue) throws -> Module {
    let policy = try Policy(configuration)
    return Module(
      name: "transfer",
      title: Text("Case transfer", zh: "案件移交"),
      version: "1.0",
      collections: Collections(years: policy.retention).all,
      methods: caseMethods(policy) + evidenceMethods(policy) + disputeMethods(policy) + readMethods(policy),
      deadlines: [Alarm(policy: policy).kind, Trouble.kind],
      events: Announcement.kinds,
      calls: [Units.get, Papers.request, Papers.consume, Trouble.open],
      rules: policy.book.table,
      lifeCycles: [CaseLife.table.declared("case", Text("The way of a case", zh: "案件移交的流转"))])
  }

  /// The units that a configuration names, which the directory has to have.
  package static func units(configuration: JSONValue) throws -> [String] {
    let policy = try Policy(configuration)
    return [policy.legal, policy.coordination, policy.criminalBrigade]
  }
}
