import StationKit

/// The chief's approval and the notice of transfer.
///
/// A criminal case waits for both; one that a ruling moves waits for the notice alone. For an urgent one both are
/// recorded, before or after the hand-over, and hold nothing.
enum Papers {
  static let request = "approval.request"
  static let consume = "approval.consume"
  /// What is asked for in the approval module.
  static let action = "transfer.approve"

  static let chooseRequest: Steps.Choice = { item, _ in item.isUrgent ? .recordPapers : .requestApproval }
  static let chooseApprove: Steps.Choice = { item, _ in item.isUrgent ? .recordPapers : .approve }
  static let chooseNotice: Steps.Choice = { item, _ in
    let before: Set<State> = [.screened, .approval]
    return item.isUrgent && !before.contains(item.state) ? .recordPapers : .issueNotice
  }

  static let ask: Steps.Change = { handling in
    guard handling.item.kind == .criminal || handling.item.isUrgent else {
      throw refused(Text("An administrative case needs no approval", zh: "行政案件移送无需审批"), "/id")
    }
    guard handling.item.approval?.approved == nil else {
      throw refused(Text("It is approved already", zh: "已获批准"), "/id")
    }
    let hours = try handling.rule(RuleID.approvalExpiry).int("hours")
    let answer = try handling.tx.call(
      request,
      [
        "action": .string(action), "subject": .string(handling.id), "payload": try payload(handling),
        "hours": .int(hours), "unit": .string(handling.item.owner), "about": .string(handling.id),
      ])
    guard let id = answer["id"]?.stringValue else { throw RPCError(.internalError) }
    handling.item.approval = .init(id: id, requested: handling.now)
    handling.details["approval"] = .string(id)
    handling.extra["approval"] = .string(id)
  }

  static let approve: Steps.Change = { handling in
    guard var approval = handling.item.approval else {
      throw RPCError(
        .approvalRequired, Text("No approval was asked for", zh: "尚未申请审批"), pointer: "/id",
        rule: RuleID.approval)
    }
    guard approval.approved == nil else { throw refused(Text("It is approved already", zh: "已获批准"), "/id") }
    let answer: JSONValue
    do {
      answer = try handling.tx.call(
        consume,
        [
          "id": .string(approval.id), "action": .string(action), "subject": .string(handling.id),
          "payload": try payload(handling),
        ])
    } catch let error as RPCError where error.kind == .approvalRequired || error.kind == .expired {
      throw RPCError(error.kind, error.message, pointer: "/id", rule: RuleID.approval)
    }
    approval.approved = handling.now
    approval.by = answer["decided_by"]?.stringValue
    handling.item.approval = approval
    handling.details["approval"] = .string(approval.id)
  }

  static let issue: Steps.Change = { handling in
    guard handling.item.isLegOpen || handling.item.isUrgent else { throw handling.nothingToTransfer() }
    guard handling.item.notice == nil else {
      throw RPCError.refused(
        rule: RuleID.notice, Text("The notice of this transfer was issued", zh: "本次移送通知书已制作"), pointer: "/id")
    }
    // The legal department rules, so that its ruling stands for the approval.
    let isRuled = handling.from == .adjudicated
    if handling.item.kind == .criminal, !handling.item.isUrgent, !isRuled,
      handling.item.approval?.approved == nil
    {
      throw RPCError(
        .approvalRequired, Text("The chief has not approved it", zh: "尚未经负责人批准"), pointer: "/id",
        rule: RuleID.approval)
    }
    let number = try handling.params.string("number")
    handling.item.notice = .init(number: number, at: handling.now)
    handling.details["document"] = .string(number)
  }

  /// What the chief sees and approves, to the letter.
  private static func payload(_ handling: Handling) throws -> JSONValue {
    guard let sender = handling.item.sender, let receiver = handling.item.receiver else {
      throw handling.nothingToTransfer()
    }
    return [
      "case": .string(handling.id), "leg": .int(handling.item.leg),
      "kind": .string(handling.item.kind.rawValue), "from": .string(sender), "to": .string(receiver),
    ]
  }

  private static func refused(_ message: Text, _ pointer: String) -> RPCError {
    .refused(rule: RuleID.approval, message, pointer: pointer)
  }
}

extension Handling {
  /// Screening has not found another unit of the bureau to send the case to.
  func nothingToTransfer() -> RPCError {
    .refused(
      rule: RuleID.receiver, Text("It is not found yet to which unit the case goes", zh: "尚未确定移交单位"),
      pointer: "/id")
  }
}
