import StationKit

/// Fast stop-loss in telecom fraud: reports with their transfers, where the money went, stops, freezes and returns.
///
/// The module drafts and tracks; it never orders a bank. What leaves for a bank, and what comes back, goes through
/// the spool.
package enum StopLoss {
  /// The module, for a checked configuration.
  ///
  /// - Parameter configuration: the parsed `etc/stoploss/rules.json`.
  /// - Throws: `RuleBookError`, naming the rule and the member at fault.
  package static func module(configuration: JSONValue) throws -> Module {
    let policy = try Policy(configuration, needs: RuleID.needs + Spool.rules)
    try Spool.check(policy)
    let steps = StopSteps(policy: policy)
    var module = Module(
      name: "stoploss", title: Text("Fast stop-loss in telecom fraud", zh: "反诈快速止损"), version: "1.0",
      words: words.merging(policy.typeWords) { $1 },
      collections: [report, account, stop] + Spool.collections,
      methods: try IntakeMethods(policy).all + readMethods(policy) + reportMethods(policy)
        + stopMethods(steps)
        + SpoolMethods.all(steps),
      deadlines: [StopClock(policy: policy).kind, ReportSteps(policy: policy).kind],
      events: Announcement.kinds + Spool.events,
      calls: [DirectoryUnit.method, "approval.request", "approval.consume"],
      rules: policy.book.table,
      lifeCycles: [
        ReportLife.table.declared("report", Text("The life of a report", zh: "报案的流转")),
        StopLife.table.declared("stop", Text("The life of a stop on one account", zh: "单个账户止付的流转")),
      ] + Spool.lifeCycles)
    module.units = policy.units
    return module
  }
}
