import StationKit

/// Trouble with a transfer goes to the legal department and the coordination desk: both hear of the step, and support
/// scenario 14 is opened in the name of a police station that has a part in the case.
///
/// Whoever has the trouble may tell of it. Where the caller may not ask in the station's name, the daemon does, at once;
/// where no station has a part, there is nobody to ask for support, and the two hear of the step alone.
enum Trouble {
  static let open = "support.open"
  /// The scenario of the support catalogue for case transfer.
  static let scenario = 14
  private static let deadline = "trouble"

  static let run: Steps.Change = { handling in
    let code: TroubleCode = try handling.params.word("code")
    handling.details["code"] = .string(code.rawValue)
    handling.text = handling.params["text"]
    handling.alsoTo = [handling.policy.legal, handling.policy.coordination]
    let urgency = handling.params["urgency"] ?? "urgent"
    let stations = try stations(handling.item, handling.tx)
    let principal = handling.context.principal
    guard let station = stations.first(where: { principal.mayReach($0) }) else {
      guard !stations.isEmpty else { return }
      return try handling.tx.schedule(
        deadline, subject: handling.nextStep, due: handling.now, payload: ["urgency": urgency])
    }
    do {
      let support = try ask(handling.id, handling.item, code, urgency, in: station, handling.tx)
      handling.details["support"] = support
      handling.extra["support_request"] = support
    } catch let error as RPCError where error.pointer != nil {
      // Its pointers are into the params of the support request, which the caller has not written.
      throw RPCError(error.kind, error.message, pointer: "/id", rule: error.rule, details: error.details)
    }
  }

  static var kind: DeadlineKind {
    DeadlineKind(deadline, Text("Trouble is told in a station's name", zh: "以派出所名义报请支援")) { deadline, _, tx in
      try tell(deadline, tx)
    }
  }

  /// Asks for a caller who could not, once: the step then has the number of the request.
  private static func tell(_ deadline: Deadline, _ tx: any Transaction) throws {
    guard let step = try tx.get("step", deadline.subject), step["support"] == nil,
      let id = step["case"]?.stringValue, let code = TroubleCode(step["code"]),
      let item = try tx.get("case", id).flatMap({ TransferCase($0.body) }),
      let station = try stations(item, tx).first
    else { return }
    var body = step.body
    do {
      body["support"] = try ask(id, item, code, deadline.payload["urgency"] ?? "urgent", in: station, tx)
    } catch let error as RPCError where error.kind == .refusedByRule || error.kind == .notFound {
      // The two have heard of the step; support has refused before it wrote anything.
      return
    }
    _ = try tx.put("step", step.id, version: step.version, body)
  }

  /// The police stations that have a part in the case, its owner first.
  private static func stations(_ item: TransferCase, _ tx: any ReadTransaction) throws -> [String] {
    try [item.unit, item.sender, item.origin, item.receiver].compactMap { $0 }.filter {
      try Units.kind($0, tx) == "station"
    }
  }

  /// The least data that serves: the number and the kind of trouble. What was said of it stays in the case.
  ///
  /// - Returns: the number of the support request.
  private static func ask(
    _ id: String, _ item: TransferCase, _ code: TroubleCode, _ urgency: JSONValue, in station: String,
    _ tx: any Transaction
  ) throws -> JSONValue {
    var request: JSONObject = [
      "scenario": .int(scenario), "station": .string(station), "urgency": urgency,
      "summary": .string("\(id): \(code.summary)"),
    ]
    if let receiver = item.receiver, let kind = try Units.kind(receiver, tx), kind != "station" {
      request["branch"] = .string(receiver)
    }
    guard let support = try tx.call(open, request)["id"] else { throw RPCError(.internalError) }
    return support
  }
}
