import StationKit

/// One call on one transaction, with what every step needs.
struct Work {
  let rules: Rules
  let context: CallContext
  let tx: any Transaction

  var now: Instant { context.now }
  var zone: Zone { context.zone }
  var today: CivilDate { now.date(in: zone) }
  var terms: Terms { Terms(rules: rules, calendar: context.calendar, zone: zone) }

  /// A stored record with what the clock has done to it since.
  struct Loaded {
    let id: String
    let version: Int
    var record: KeyRecord
  }

  /// The record of an id, for a caller who may reach its station or the instrument's owner.
  ///
  /// - Parameter version: the version that the caller saw, if it says so.
  /// - Throws: `not_found`, `denied`, `conflict`; `refused_by_rule` for one that was erased.
  func load(_ id: String, version: JSONValue? = nil, pointer: String = "/id") throws -> Loaded {
    guard let stored = try tx.get("record", id) else { throw try missing(id, pointer) }
    guard var record = KeyRecord(stored.body) else { throw RPCError(.internalError) }
    try context.principal.require(record.station, record.owner)
    try stored.requireVersion(version)
    guard let next = record.nextPassing, next.at <= now else {
      return Loaded(id: id, version: stored.version, record: record)
    }
    // The deadline has not fired yet: its work is done here, and found done when it fires.
    if try tick(id, &record) { throw Self.erased(pointer) }
    let present = try tx.put("record", id, version: stored.version, record.body)
    try schedule(id, record)
    return Loaded(id: id, version: present.version, record: record)
  }

  /// Takes a step of the life cycle.
  ///
  /// - Throws: `wrong_state`.
  func take(_ action: Action, _ loaded: inout Loaded) throws {
    let next = try RecordLife.table.next(loaded.record.state, action, former: loaded.record.former)
    if loaded.record.state != next, action == .review { loaded.record.former = nil }
    loaded.record.state = next
  }

  /// Stores the record with the one deadline that it has, and answers without personal data.
  func save(_ loaded: Loaded, _ more: JSONObject = [:]) throws -> JSONValue {
    let stored = try tx.put("record", loaded.id, version: loaded.version, loaded.record.body)
    try schedule(loaded.id, loaded.record)
    return Self.header(loaded.id, stored.version, loaded.record, more)
  }

  func schedule(_ id: String, _ record: KeyRecord) throws {
    guard let next = record.nextPassing else { return try tx.cancel(Clockwork.life, subject: id) }
    try tx.schedule(Clockwork.life, subject: id, due: next.at, payload: [:])
  }

  static func header(_ id: String, _ version: Int, _ record: KeyRecord, _ more: JSONObject) -> JSONValue {
    var header: JSONObject = [
      "id": .string(id), "version": .int(version), "state": .string(record.state.rawValue),
      "to": .string(record.to.description), "next_review": .string(record.nextReview.description),
    ]
    header.merge(more)
    return .object(header)
  }

  /// Counts something for the figures, without the record.
  func count(_ what: Tally.What, _ code: String, unit: String, at: Instant) throws {
    _ = try tx.create(
      "tally", id: nil,
      ["what": .string(what.rawValue), "at": at.stored, "unit": .string(unit), "code": .string(code)])
  }

  static func erased(_ pointer: String) -> RPCError {
    .refused(
      rule: RuleID.erased, Text("The record is erased", zh: "该记录已删除"), pointer: pointer)
  }

  private func missing(_ id: String, _ pointer: String) throws -> RPCError {
    try tx.get("tombstone", id) == nil ? .notFound("record", id, pointer: pointer) : Self.erased(pointer)
  }
}
