import StationKit

extension Approval {
  /// Takes back what is still pending for the same action and subject: who asks again has no use for a decision on
  /// the former request, and nobody is to decide on it in vain.
  static func supersede(_ action: String, subject: String, _ tx: any Transaction) throws {
    let pending = Query(
      "request", index: "by_subject", equals: [.text(subject), .text("pending")], limit: 100)
    for record in try tx.all(pending) where record["action"] == .string(action) {
      var body = record.body
      body["state"] = "superseded"
      let changed = try tx.put("request", record.id, version: record.version, body)
      try tx.cancel("expiry", subject: record.id)
      try announce("decided", changed, tx)
    }
  }
}
