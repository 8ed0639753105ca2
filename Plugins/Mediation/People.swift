import StationKit

/// The people of one dispute as they are stored.
enum People {
  /// The id of a person: `MD-2026-000001.p1`.
  static func id(_ dispute: String, _ number: Int) -> String { "\(dispute).p\(number)" }

  /// Everybody, by id.
  static func all(_ dispute: String, _ tx: any ReadTransaction) throws -> [String: Party] {
    let page = try tx.query(
      Query("party", index: "by_dispute", equals: [.text(dispute)], limit: Bounds.people))
    return page.records.reduce(into: [:]) { $0[$1.id] = Party($1.body) }
  }

  /// Stores one more.
  ///
  /// - Throws: `refused_by_rule` when there are too many.
  static func add(
    _ party: Party, to dispute: inout Dispute, _ id: String, _ tx: any Transaction, pointer: String
  ) throws {
    guard dispute.roster.count < Bounds.people else {
      throw RPCError.refused(
        rule: RuleID.bounds, Text("At most \(Bounds.people) people", zh: "至多 \(Bounds.people) 人"),
        pointer: pointer)
    }
    let number = dispute.roster.count + 1
    let record = try tx.create("party", id: Self.id(id, number), party.body(dispute: id, number: number))
    dispute.roster.append(
      Dispute.Person(id: record.id, role: party.role, represents: party.represents, agrees: nil))
  }

  /// What belongs to a dispute ends with it, so that it is kept as long.
  static func end(_ dispute: String, _ at: Instant, _ tx: any Transaction, zone: Zone) throws {
    let stamp: JSONValue = at.text(zone)
    func end(_ collection: String, _ record: Record) throws {
      var body = record.body
      body["ended_at"] = stamp
      _ = try tx.put(collection, record.id, version: record.version, body)
    }
    for collection in ["party", "session", "call"] {
      let query = Query(collection, index: "by_dispute", equals: [.text(dispute)], limit: 500)
      for record in try tx.all(query) { try end(collection, record) }
    }
    if let record = try tx.get("agreement", Agreement.id(dispute)) { try end("agreement", record) }
  }
}
