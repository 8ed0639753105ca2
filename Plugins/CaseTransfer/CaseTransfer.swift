import StationKit

/// Cases that pass from one unit to another: exactly one owner at every instant, evidence counted and signed for
/// by both sides, disputes after the acceptance, never before it.
package enum CaseTransfer {
  /// The module, for a checked configuration.
  ///
  /// - Parameter configuration: the parsed `etc/transfer/rules.json`: rules, and the units that have a part of
  ///   their own.
  /// - Throws: `RuleBookError`, naming the rule and the member at fault.
  package static func module(configuration: JSONValue) throws -> Module {
    let policy = try Policy(configuration)
    var module = Module(
      name: "transfer",
      title: Text("Case transfer", zh: "案件移交"),
      version: "1.0",
      words: words,
      collections: Collections(years: policy.retention).all,
      methods: caseMethods(policy) + evidenceMethods(policy) + disputeMethods(policy) + readMethods(policy),
      deadlines: [Alarm(policy: policy).kind, Trouble.kind],
      events: Announcement.kinds,
      calls: [DirectoryUnit.method, Papers.request, Papers.consume, Trouble.open],
      rules: policy.book.table,
      lifeCycles: [CaseLife.table.declared("case", Text("The way of a case", zh: "案件移交的流转"))])
    module.units = [policy.legal, policy.coordination, policy.criminalBrigade]
    return module
  }
}
