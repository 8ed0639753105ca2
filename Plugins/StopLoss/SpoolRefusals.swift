import StationKit

/// The files that were set aside.
struct SpoolRefusals: Sendable {
  /// The unit that is told.
  let desk: String

  /// Records that a file is set aside; the same file of the same name again is the same record.
  ///
  /// - Parameter params: `digest` and, where there is one, `name`.
  func refuse(
    _ reason: SpoolReason, rule: String?, _ params: Params, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    if let record = try find(params, tx), var refusal = SpoolRefusal(record.body) {
      // The daemon was killed between this record and the file's move: nothing new.
      if refusal.state != .setAside || refusal.reason != reason || refusal.rule != rule {
        refusal.state = try SpoolLife.refusal.next(refusal.state, .refuse)
        refusal.reason = reason
        refusal.rule = rule
        refusal.at = context.now
        refusal.times += 1
        _ = try tx.put("spool_refusal", record.id, version: record.version, refusal.body)
        try tell(record.id, reason, tx)
      }
    } else {
      let digest = try params.string("digest")
      let refusal = SpoolRefusal(
        digest: digest, name: Self.name(params), reason: reason, rule: rule, at: context.now)
      // The first of a content goes by its digest; those of other names have ids of their own.
      let id = try tx.get("spool_refusal", digest) == nil ? digest : nil
      let record = try tx.create("spool_refusal", id: id, refusal.body)
      try tell(record.id, reason, tx)
    }
    return ["outcome": .string(SpoolReceiver.Outcome.refused.rawValue), "reason": reason.shown]
  }

  /// A file that had been set aside was taken.
  ///
  /// - Parameter params: `digest` and `name`.
  func settle(_ params: Params, _ tx: any Transaction) throws {
    guard let record = try find(params, tx), var refusal = SpoolRefusal(record.body),
      refusal.state != .settled
    else { return }
    refusal.state = try SpoolLife.refusal.next(refusal.state, .settle)
    _ = try tx.put("spool_refusal", record.id, version: record.version, refusal.body)
  }

  /// The record of a file: equal contents under two names are two files. Names that are not kept tell nothing apart.
  private func find(_ params: Params, _ tx: any ReadTransaction) throws -> Record? {
    let digest = try params.string("digest")
    let name = Self.name(params)
    if let first = try tx.get("spool_refusal", digest), first["name"]?.stringValue == name { return first }
    // Without a name it stands before all others of its content.
    let file: [IndexValue] = [.text(digest)] + (name.map { [.text($0)] } ?? [])
    let found = try tx.query(Query("spool_refusal", index: "by_file", equals: file, limit: 1)).records.first
    if let found, found["name"]?.stringValue == name { return found }
    // One that somebody had put back has another name where its own was taken meanwhile.
    let equals = Query("spool_refusal", index: "by_file", equals: [.text(digest)], limit: 100)
    return try tx.query(equals).records.first { SpoolRefusal($0.body)?.state == .retry }
  }

  private static func name(_ params: Params) -> String? {
    params["name"]?.stringValue.flatMap { SpoolRefusal.mayKeep($0) ? $0 : nil }
  }

  private func tell(_ id: String, _ reason: SpoolReason, _ tx: any Transaction) throws {
    try tx.emit(
      "spool_set_aside",
      ["file": .string(id), "reason": .string(reason.rawValue), "to": .array([.string(desk)])])
  }
}
