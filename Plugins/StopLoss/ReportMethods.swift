import StationKit

extension StopLoss {
  /// `stoploss.close`, `stoploss.reopen`, `stoploss.correct`.
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
        "close", Text("Close a report of which no stop is under way", zh: "关闭无在办止付的报案"), params: params,
        positional: ["id"], result: Shapes.object(Report.headerMembers), permission: .role,
        examples: [Example("A report", params: ["id": Examples.reportID], result: example(.closed))],
        handler: .write { try steps.close($0, $1, $2) }),
      Method(
        "reopen", Text("Open a closed report again", zh: "重新打开报案"), params: params, positional: ["id"],
        result: Shapes.object(Report.headerMembers), permission: .role,
        examples: [Example("A report", params: ["id": Examples.reportID], result: example(.open))],
        handler: .write { try steps.reopen($0, $1, $2) }),
      Method(
        "correct",
        Text(
          "Correct the victim's name, ID number or phone (null takes one away); both versions stay",
          zh: "更正被害人姓名、公民身份号码、电话（null 为删除），前后内容均保留"),
        params: Shapes.object(
          [
            "id": Schemas.reportID, "version": Shapes.version, "victim": Victim.changes,
            "document": Correction.document,
          ], required: ["id", "victim", "document"]), positional: ["id"],
        result: Shapes.object(Report.headerMembers), permission: .role,
        examples: [
          Example(
            "A number that was typed wrong, a telephone that is not the victim's",
            params: [
              "id": Examples.reportID, "victim": ["id_number": "11010519491231002X", "phone": .null],
              "document": "ID card, shown on 3 March 2026",
            ], result: example(.open))
        ],
        handler: .write { try steps.correct($0, $1, $2) }),
    ]
  }
}
