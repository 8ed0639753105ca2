import StationKit

extension StopLoss {
  /// `stoploss.close`, `stoploss.reopen`.
  static func reportMethods(_ policy: Policy) -> [Method] {
    let steps = ReportSteps(policy: policy)
    let params = Shapes.object(["id": Schemas.reportID, "version": Shapes.version], required: ["id"])
    func example(_ state: ReportState) -> JSONValue {
      var header = Examples.header
      header["state"] = .string(state.rawValue)
      return .object(header)
    }
    return [
      Method(
        "close", Text("Close a report of which no stop is under way", zh: "关闭报案"), params: params,
        positional: ["id"], result: Shapes.object(Report.headerMembers), permission: .role,
        examples: [Example("A report", params: ["id": Examples.reportID], result: example(.closed))],
        handler: .write { try steps.close($0, $1, $2) }),
      Method(
        "reopen", Text("Open a closed report again", zh: "重新打开报案"), params: params, positional: ["id"],
        result: Shapes.object(Report.headerMembers), permission: .role,
        examples: [Example("A report", params: ["id": Examples.reportID], result: example(.open))],
        handler: .write { try steps.reopen($0, $1, $2) }),
    ]
  }
}
