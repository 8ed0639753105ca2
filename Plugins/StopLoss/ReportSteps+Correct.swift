import StationKit

extension ReportSteps {
  /// Corrects the victim's particulars, also of a closed report: the right to it lasts as long as they are kept.
  ///
  /// - Throws: `refused_by_rule` for a number that is none or of somebody born later, where nothing would change, and past the bound.
  func correct(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try edit(params, context, tx) { id, report in
      let former = report.victim
      guard let victim = former.corrected(params["victim"]?.objectValue ?? [:]), victim.json != former.json
      else {
        throw RPCError.refused(
          rule: RuleID.correction, Text("Nothing would change", zh: "没有需要更正的内容"), pointer: "/victim")
      }
      try victim.check(at: "/victim", on: report.rulesOn)
      guard report.corrections.count < Limits.correctionsPerReport else {
        throw RPCError.refused(
          rule: RuleID.limits, Text("Too many corrections of one report", zh: "单案更正次数过多"),
          pointer: "/id")
      }
      report.corrections.append(
        Correction(
          at: context.now, by: context.principal.person, document: try params.string("document"),
          before: former))
      report.victim = victim
      guard victim.idNumber != former.idNumber else { return }
      let band = AgeBand.of(
        victim.idNumber, on: report.rulesOn, bounds: try policy.ageBounds(on: report.rulesOn))
      guard band != report.ageBand else { return }
      report.ageBand = band
      // The figures count stops by age band too, and a stop holds the band itself.
      for record in try stops(of: id, tx) {
        guard var stop = Stop(record.body) else { continue }
        stop.ageBand = band
        _ = try tx.put("stop", record.id, version: record.version, stop.body)
      }
    }
  }
}
