import StationKit

/// Entry and renewal need a second person, through the `approval` module.
struct FourEyes {
  static let request = "approval.request"
  static let consume = "approval.consume"

  let work: Work

  /// Asks, in the caller's name; who asks cannot decide.
  func request(_ action: String, subject: String, payload: JSONObject, on day: CivilDate) throws -> String {
    let hours = try work.rules.int(RuleID.fourEyes, "hours", on: day)
    let answer = try work.tx.call(
      Self.request,
      [
        "action": .string(action), "subject": .string(subject), "payload": .object(payload),
        "hours": .int(hours),
      ])
    guard let id = answer["id"]?.stringValue else { throw RPCError(.internalError) }
    return id
  }

  /// Takes the decision, once, for exactly this.
  ///
  /// - Throws: `approval_required`, `expired`; `refused_by_rule` where one of `people` approved.
  func consume(
    _ action: String, approval: String?, subject: String, payload: JSONObject, notBy people: [String?]
  ) throws {
    guard let approval else { throw required(.approvalRequired) }
    let answer: JSONValue
    do {
      answer = try work.tx.call(
        Self.consume,
        [
          "id": .string(approval), "action": .string(action), "subject": .string(subject),
          "payload": .object(payload),
        ])
    } catch let error as RPCError where error.kind != .internalError {
      throw required(error.kind == .expired ? .expired : .approvalRequired)
    }
    let approver = answer["decided_by"]?.stringValue
    guard let approver, !people.contains(approver) else {
      throw RPCError.refused(
        rule: RuleID.fourEyes,
        Text("Who proposed, verified or asked does not approve", zh: "提出、核验或申请人不得审批"), pointer: "/id")
    }
  }

  private func required(_ kind: ErrorKind) -> RPCError {
    RPCError(kind, pointer: "/id", rule: RuleID.fourEyes)
  }
}
