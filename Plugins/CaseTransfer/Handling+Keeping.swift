import StationKit

extension Handling {
  /// What belongs to a case is kept as long as the case: counted from the same end, and from none while the way is
  /// open again.
  func keep() throws {
    let end = item.ended?.text(context.zone)
    func keep(_ collection: String, _ record: Record) throws {
      guard record["ended_at"] != end else { return }
      var body = record.body
      body["ended_at"] = end
      _ = try tx.put(collection, record.id, version: record.version, body)
    }
    for collection in ["step", "item", "dispute"] {
      let query = Query(collection, index: "by_case", equals: [.text(id)], limit: Limits.page)
      for record in try tx.all(query) { try keep(collection, record) }
    }
    for round in 0..<item.rounds {
      for side in TransferCase.Side.allCases {
        guard let record = try tx.get("signature", Handling.signatureID(id, round + 1, side)) else {
          continue
        }
        try keep("signature", record)
      }
    }
  }

  static func signatureID(_ id: String, _ round: Int, _ side: TransferCase.Side) -> String {
    "\(id).r\(round).\(side.rawValue)"
  }
}
