import StationKit

/// Makes the methods that take a case one step on; they differ in their params, their party and their change.
struct MethodMaker {
  let steps: Steps

  init(_ policy: Policy) { steps = Steps(policy: policy) }

  /// - Parameters:
  ///   - action: what the call does, or a choice where one method stands for several actions.
  ///   - extra: members of the answer besides the header.
  ///   - always: those of them that are always there; nil for all.
  func step(
    _ name: String, _ summary: Text, _ action: @escaping Steps.Choice, by parties: [Steps.Party],
    _ required: JSONObject = [:], optional: JSONObject = [:], extra: JSONObject = [:],
    always: [String]? = nil, example: JSONObject = [:], result: JSONValue, change: @escaping Steps.Change
  ) -> Method {
    Method(
      name, summary, params: Self.params(required, optional), positional: ["id"],
      result: Schemas.answer(extra, required: always), permission: .role,
      examples: [Example(summary.en, params: Examples.step(example), result: result)],
      handler: .write { [steps] params, context, tx in
        try steps.run(action, by: parties, params, context, tx, change: change)
      })
  }

  func step(
    _ name: String, _ summary: Text, _ action: Action, by parties: [Steps.Party],
    _ required: JSONObject = [:], optional: JSONObject = [:], extra: JSONObject = [:],
    always: [String]? = nil, example: JSONObject = [:], result: JSONValue, change: @escaping Steps.Change
  ) -> Method {
    step(
      name, summary, { _, _ in action }, by: parties, required, optional: optional, extra: extra,
      always: always, example: example, result: result, change: change)
  }

  /// The case's id and, last, the version that the caller expects.
  static func params(_ required: JSONObject, _ optional: JSONObject) -> JSONValue {
    var members: JSONObject = ["id": Schemas.caseID]
    members.merge(required)
    members.merge(optional)
    members["version"] = Shapes.version
    return Shapes.object(members, required: ["id"] + required.keys)
  }
}
