import StationKit

/// Entry and renewal need a second person, through the `approval` module.
struct FourEyes {
  static let request = "approval.request"
  static let consume = "approval.consume"
  static let withdraw = "approval.withdraw"
  static let forget = "approval.forget"

  let work: Work

  /// How many people an approval can leave out.
  static let excludedAtMost = KeyRecord.verifiersAtMost + 1

  /// Asks, in the caller's name. Who asks cannot decide, nor who proposed or verified the record, nor who
  /// corrected whom it is about.
  ///
  /// - Parameter task: what the approval is about, because whoever lists approvals is told: the task leads to the
  ///   record, by a read, as long as it is to be done. Asking again about it takes the former request back.
  func request(
    _ action: String, task: String, of id: String, _ record: KeyRecord, payload: JSONObject
  ) throws -> String {
    let others = Set(try correctors(of: id)).subtracting(record.entrants)
    let excluded = record.entrants + others.sorted()
    guard excluded.count <= Self.excludedAtMost else {
      throw RPCError.refused(
        rule: RuleID.fourEyes,
        Text(
          "Too many have verified or corrected it to leave somebody who decides: delist it where it is entered,"
            + " and propose it anew", zh: "核验、更正人数过多，无人可审批；已列入的须先解除，再重新提出"),
        pointer: "/id")
    }
    let hours = try work.rules.int(RuleID.fourEyes, "hours", on: record.rulesOn)
    let answer = try work.tx.call(
      Self.request,
      [
        "action": .string(action), "subject": .string(task), "payload": .object(payload),
        "hours": .int(hours), "unit": .string(record.station),
        "not_by": .array(excluded.map(JSONValue.string)), "about": .string(id),
      ])
    guard let id = answer["id"]?.stringValue else { throw RPCError(.internalError) }
    return id
  }

  /// Takes the decision, once, for exactly this.
  ///
  /// - Throws: `approval_required`, `expired`.
  func consume(_ action: String, approval: String?, task: String?, payload: JSONObject) throws {
    guard let approval, let task else { throw required(.approvalRequired) }
    do {
      _ = try work.tx.call(
        Self.consume,
        [
          "id": .string(approval), "action": .string(action), "subject": .string(task),
          "payload": .object(payload),
        ])
    } catch let error as RPCError where error.kind != .internalError {
      throw required(error.kind == .expired ? .expired : .approvalRequired)
    }
  }

  /// Takes back what was asked about a task that is dropped.
  static func withdraw(_ task: String, _ tx: any Transaction) throws {
    _ = try tx.call(withdraw, ["module": "keyperson", "subject": .string(task)])
  }

  /// Erases what was asked about a record, with what the deciders wrote to it.
  static func forget(_ id: String, _ tx: any Transaction) throws {
    _ = try tx.call(forget, ["module": "keyperson", "about": .string(id)])
  }

  /// Who corrected whom the record is about: they decided it, as who proposed it did.
  private func correctors(of id: String) throws -> [String] {
    try work.all("correction", "by_record", [.text(id)]).compactMap { stored in
      let isAboutWhom = Subject.whom.contains {
        stored["before"]?[$0] != nil || stored["after"]?[$0] != nil
      }
      return isAboutWhom ? stored["by"]?.stringValue : nil
    }
  }

  private func required(_ kind: ErrorKind) -> RPCError {
    RPCError(kind, pointer: "/id", rule: RuleID.fourEyes)
  }
}
