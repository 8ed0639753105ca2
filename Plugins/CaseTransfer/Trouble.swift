import StationKit

/// Trouble with a transfer goes to the legal department and the coordination desk: support scenario 14, opened
/// in the same transaction.
enum Trouble {
  static let open = "support.open"
  /// The scenario of the support catalogue for case transfer.
  static let scenario = 14

  static let run: Steps.Change = { handling in
    let code: TroubleCode = try handling.params.word("code")
    let item = handling.item
    let units = [item.unit, item.sender, item.origin, item.receiver].compactMap { $0 }
    let principal = handling.context.principal
    let stations = try units.filter { try Units.kind($0, handling.tx) == "station" }
    guard let station = stations.first(where: { principal.mayReach($0) }) ?? stations.first else {
      throw RPCError.refused(
        rule: RuleID.trouble, Text("No police station has a part in this case", zh: "该案无派出所参与"),
        pointer: "/id")
    }
    // The least data that serves: the number and the kind of trouble. What was said of it stays in the case.
    var request: JSONObject = [
      "scenario": .int(scenario), "station": .string(station),
      "urgency": handling.params["urgency"] ?? "urgent",
      "summary": .string("\(handling.id): \(code.summary)"),
    ]
    if let receiver = item.receiver, let kind = try Units.kind(receiver, handling.tx), kind != "station" {
      request["branch"] = .string(receiver)
    }
    let answer: JSONValue
    do {
      answer = try handling.tx.call(open, request)
    } catch let error as RPCError where error.pointer != nil {
      // Its pointers are into the params of the support request, which the caller has not written.
      throw RPCError(error.kind, error.message, pointer: "/id", rule: error.rule, details: error.details)
    }
    guard let support = answer["id"] else { throw RPCError(.internalError) }
    handling.details["code"] = .string(code.rawValue)
    handling.details["support"] = support
    handling.extra["support_request"] = support
    handling.text = handling.params["text"]
    handling.alsoTo = [handling.policy.legal, handling.policy.coordination]
  }
}
