import StationKit

/// `keyperson.erase`: content and key go, a tombstone stays. The clock does the same some days after the end.
struct Erasing {
  let work: Work
  let params: Params

  func run() throws -> JSONValue {
    let loaded = try work.load(try params.string("id"), version: params["version"])
    _ = try RecordLife.table.next(loaded.record.state, .erase)
    // Whoever erases first cannot tell any more; the clock waits for nobody.
    for notice in try work.all("notice", "by_record", [.text(loaded.id)]) where notice["told_at"] == nil {
      throw RPCError.refused(
        rule: RuleID.delistNotice,
        Text("Tell the person first, and record it", zh: "应先告知本人并登记"), pointer: "/id")
    }
    try work.erase(loaded.id, loaded.record)
    return [
      "id": .string(loaded.id), "state": .string(State.erased.rawValue),
      "erased_at": work.now.text(work.zone),
    ]
  }
}

extension Work {
  func erase(_ id: String, _ record: KeyRecord) throws {
    guard let delisting = record.delisting else { throw RPCError(.internalError) }
    try dropTasks(of: id)
    _ = try tx.erase(subject: id)
    try FourEyes.forget(id, tx)
    // What the store keeps because it holds nothing personal goes as well: it names the record.
    for collection in ["duty", "task", "notice", "correction"] {
      for stored in try all(collection, "by_record", [.text(id)]) {
        try tx.delete(collection, stored.id, version: stored.version)
      }
    }
    _ = try tx.create(
      "tombstone", id: id,
      [
        "id": .string(id), "category": .string(record.category.rawValue),
        "from": .string(record.from.description),
        "to": .string(min(record.to, delisting.at.date(in: zone)).description),
        "reason": .string(delisting.reason.rawValue), "erased_at": now.text(zone),
      ])
    try tx.cancel(Clockwork.life, subject: id)
    try announce(.erased, record, ["reason": .string(delisting.reason.rawValue)])
  }
}
