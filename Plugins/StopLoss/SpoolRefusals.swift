import StationKit

/// The files that were set aside.
struct SpoolRefusals: Sendable {
  /// The unit that is told.
  let desk: String

  /// Records that a file is set aside; the same file again is the same record.
  ///
  /// - Parameter params: `digest` and, where there is one, `name`.
  func refuse(
    _ reason: SpoolReason, rule: String?, _ params: Params, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    let digest = try params.string("digest")
    if let record = try tx.get("spool_refusal", digest), var refusal = SpoolRefusal(record.body) {
      // The daemon was killed between this record and the file's move: nothing new.
      if refusal.state != .setAside || refusal.reason != reason || refusal.rule != rule {
        refusal.state = try SpoolLife.refusal.next(refusal.state, .refuse)
        refusal.reason = reason
        refusal.rule = rule
        refusal.at = context.now
        refusal.times += 1
        _ = try tx.put("spool_refusal", digest, version: record.version, refusal.body)
        try tell(digest, reason, tx)
      }
    } else {
      let name = params["name"]?.stringValue.flatMap { SpoolRefusal.mayKeep($0) ? $0 : nil }
      let refusal = SpoolRefusal(name: name, reason: reason, rule: rule, at: context.now)
      _ = try tx.create("spool_refusal", id: digest, refusal.body)
      try tell(digest, reason, tx)
    }
    return ["outcome": .string(SpoolReceiver.Outcome.refused.rawValue), "reason": reason.shown]
  }

  /// A file that had been set aside was taken.
  func settle(_ digest: String, _ tx: any Transaction) throws {
    guard let record = try tx.get("spool_refusal", digest), var refusal = SpoolRefusal(record.body),
      refusal.state != .settled
    else { return }
    refusal.state = try SpoolLife.refusal.next(refusal.state, .settle)
    _ = try tx.put("spool_refusal", digest, version: record.version, refusal.body)
  }

  private func tell(_ digest: String, _ reason: SpoolReason, _ tx: any Transaction) throws {
    try tx.emit(
      "spool_set_aside",
      ["file": .string(digest), "reason": .string(reason.rawValue), "to": .array([.string(desk)])])
  }
}
