import StationKit

extension SupportRequests {
  /// One method for each step of the life cycle that a caller takes.
  static func stepMethods(_ catalogue: Catalogue) -> [Method] {
    let steps = Steps(catalogue: catalogue)
    let reason = Schemas.reason
    return [
      step(
        .acknowledge, Text("Take a request on", zh: "签收请求"), .department, steps, change: Steps.acknowledge,
        example: [:], result: Examples.header(.acknowledged, version: 2)),
      step(
        .redirect,
        Text("Pass a request on to another department; its response clock runs on", zh: "转办（响应时限不中断）"),
        .department, steps, ["to": Shapes.unit, "reason": reason], change: steps.redirect(),
        example: ["to": "public-security-brigade", "reason": "A market dispute, not a disturbance"],
        result: Examples.header(.redirected, version: 2, department: "public-security-brigade")),
      step(
        .assign, Text("Give a request to a team or desk", zh: "分派处置队伍或岗位"), .department, steps,
        ["to": Schemas.team], change: Steps.assign, example: ["to": "patrol-3"],
        result: Examples.header(.assigned, version: 3)),
      step(
        .start, Text("Support is under way", zh: "开始支援"), .department, steps, change: steps.start(),
        example: [:], result: Examples.header(.supporting, version: 4)),
      step(
        .requestInfo, Text("Ask the station for information; the support clock pauses", zh: "要求补充信息（支援时限暂停）"),
        .department, steps, ["reason": reason], change: Steps.requestInfo,
        example: ["reason": "Which gate of the market?"], result: Examples.header(.infoRequested, version: 5)),
      step(
        .provideInfo, Text("Give the information; the support clock runs on", zh: "补充信息（支援时限恢复）"), .station,
        steps, ["text": Schemas.prose], optional: ["facts": Facts.schema], change: steps.provideInfo(),
        example: ["text": "The north gate"], result: Examples.header(.supporting, version: 6)),
      step(
        .changeUrgency, Text("Change the urgency and with it the limits", zh: "变更紧急程度及时限"), .both, steps,
        ["urgency": Schemas.urgency, "reason": reason], change: steps.changeUrgency(),
        example: ["urgency": "urgent", "reason": "The crowd grows"],
        result: Examples.header(.acknowledged, version: 3, urgency: .urgent)),
      step(
        .complete, Text("Support is done; the station owes feedback", zh: "办结，等待派出所反馈"), .department, steps,
        ["result": Schemas.prose], change: steps.complete(), example: ["result": "The gate is open again"],
        result: Examples.header(.feedbackDue, version: 7)),
      step(
        .feedback, Text("Say whether support was in time and worked; closes the request", zh: "反馈评价并关闭请求"),
        .station, steps, ["in_time": Shapes.flag, "worked": Shapes.flag],
        optional: ["comment": Schemas.prose],
        change: Steps.feedback, example: ["in_time": true, "worked": true],
        result: Examples.header(.closed, version: 8)),
      step(
        .withdraw, Text("Take a request back", zh: "撤回请求"), .station, steps, ["reason": reason],
        change: steps.withdraw(), example: ["reason": "The crowd has left"],
        result: Examples.header(.withdrawn, version: 2)),
      step(
        .reopen,
        Text(
          "Start a new cycle of a closed request; the old one stays in the figures", zh: "重新发起已关闭请求（原周期仍计入统计）"
        ),
        .station, steps, ["reason": reason], change: steps.reopen(),
        example: ["reason": "The gate is blocked again"],
        result: Examples.header(.reopened, version: 9)),
      step(
        .approve, Text("Record the approval by someone other than who asked", zh: "记录批准（不得自批）"), .both, steps,
        optional: ["note": Schemas.prose], change: steps.approve(),
        example: ["note": "Two officers for two weeks"],
        result: Examples.header(
          .acknowledged, version: 3, marks: ["needs_approval": true, "approved": true])),
    ]
  }

  private static func step(
    _ action: Action, _ summary: Text, _ side: Steps.Side, _ steps: Steps, _ required: JSONObject = [:],
    optional: JSONObject = [:], change: @escaping Steps.Change, example: JSONObject, result: JSONValue
  ) -> Method {
    var members: JSONObject = ["id": Schemas.requestID]
    members.merge(required)
    members.merge(optional)
    members["version"] = Shapes.version
    return Method(
      action.rawValue, summary, params: Schemas.object(members, required: ["id"] + required.keys),
      positional: ["id"], result: Schemas.header, permission: .role,
      examples: [Example(summary.en, params: Examples.step(example), result: result)],
      handler: .write { params, context, tx in
        try steps.run(action, side: side, params, context, tx, change: change)
      })
  }
}
