import StationKit

extension Approval {
  /// Takes back what is still pending for the same action and subject: who asks again has no use for a decision on
  /// the former request, and nobody is to decide on it in vain.
  static func supersede(_ action: String, subject: String, _ tx: any Transaction) throws {
    _ = try supersede("pending", subject: subject, tx) { $0["action"] == .string(action) }
  }

  /// Takes back requests about a subject in a state.
  ///
  /// - Returns: how many.
  static func supersede(
    _ state: String, subject: String, _ tx: any Transaction, where isMeant: (Record) -> Bool
  ) throws -> Int {
    let query = Query("request", index: "by_subject", equals: [.text(subject), .text(state)], limit: 100)
    let meant = try tx.all(query).filter(isMeant)
    for record in meant {
      var body = record.body
      body["state"] = "superseded"
      let changed = try tx.put("request", record.id, version: record.version, body)
      try tx.cancel("expiry", subject: record.id)
      try announce("decided", changed, tx)
    }
    return meant.count
  }
}
