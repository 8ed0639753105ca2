import GRDB
import StationCrypto
import StationKit

/// First results by idempotency key.
enum IdempotencyTable {
  /// For how long a key stands for its call.
  private static let days = 30
  private static let select = HotSQL(
    "SELECT digest, result, personal FROM idempotency WHERE key = ? AND at >= ?")
  /// In the place of one that is too old and not pruned yet.
  private static let insert = HotSQL(
    "INSERT OR REPLACE INTO idempotency(key, digest, result, at, personal) VALUES (?, ?, ?, ?, ?)")

  private static func oldest(at now: Instant) -> Int {
    Int(now.adding(hours: -24 * days).milliseconds)
  }

  /// - Returns: no digest where what the call asked is forgotten.
  static func find(
    _ key: [UInt8], at now: Instant, _ hot: HotStatements
  ) throws -> (digest: Digest32?, result: IdempotentResult)? {
    let statement = try hot.sql(select)
    statement.bind(1, blob: key).bind(2, oldest(at: now))
    defer { statement.done() }
    guard try statement.step() else { return nil }
    let personal = statement.isNull(2) ? nil : IdempotentResult.Personal(rawValue: statement.int(2))
    let result = IdempotentResult(bytes: statement.blob(1), personal: personal)
    return (statement.digest(0), result)
  }

  static func insert(
    _ idempotency: Idempotency, result: IdempotentResult, at: Instant, _ hot: HotStatements
  ) throws {
    let statement = try hot.sql(insert)
    statement.bind(1, blob: idempotency.key).bind(2, idempotency.digest).bind(3, blob: result.bytes)
    statement.bind(4, Int(at.milliseconds))
    if let personal = result.personal { statement.bind(5, personal.rawValue) } else { statement.bindNull(5) }
    try statement.run()
  }

  /// Forgets keys that are too old, a bounded number at a time.
  static func prune(at now: Instant, on db: Database) throws {
    try SQL(
      """
      DELETE FROM idempotency WHERE at < ?
        AND seq < (SELECT min(seq) FROM idempotency) + 500
      """, on: db
    ).bind(1, oldest(at: now)).run()
  }
}

/// A deadline that has come due.
package struct DueDeadline: Sendable, Hashable {
  /// Full name, `support.clock`.
  let kind: String
  let subject: String
  let due: Instant
  let attempts: Int
  let payload: JSONObject
}

enum DeadlineTable {
  private static let set = HotSQL(
    """
    INSERT INTO deadline(kind, subject, due, fire_at, attempts, payload) VALUES (?, ?, ?, ?, 0, ?)
    ON CONFLICT(kind, subject) DO UPDATE SET
      due = excluded.due, fire_at = excluded.fire_at, attempts = 0, payload = excluded.payload
    """)

  /// In the place of the one that is kept for kind and subject.
  /// - Parameter payload: as JSON text.
  static func set(
    _ kind: String, _ subject: String, due: Instant, payload: [UInt8], _ hot: HotStatements
  ) throws {
    let due = Int(due.milliseconds)
    try hot.sql(set).bind(1, kind).bind(2, subject).bind(3, due).bind(4, due).bind(5, blob: payload).run()
  }

  static func remove(_ kind: String, _ subject: String, on db: Database) throws {
    try SQL("DELETE FROM deadline WHERE kind = ? AND subject = ?", on: db)
      .bind(1, kind).bind(2, subject).run()
  }

  /// The earliest instant at which one may fire, in milliseconds.
  /// - Parameter lent: deadlines that another process is at: they do not count.
  static func nextDue(except lent: Set<LentDeadline> = [], on db: Database) throws -> Int64? {
    let statement = try SQL(
      "SELECT fire_at, kind, subject FROM deadline ORDER BY fire_at, kind, subject", on: db)
    defer { statement.done() }
    while try statement.step() {
      if lent.isEmpty || !lent.contains(LentDeadline(kind: statement.text(1), subject: statement.text(2))) {
        return Int64(statement.int(0))
      }
    }
    return nil
  }

  /// When the deadline is due that is kept for kind and subject; nil if there is none.
  static func due(_ deadline: DueDeadline, on db: Database) throws -> Instant? {
    let statement = try SQL("SELECT due FROM deadline WHERE kind = ? AND subject = ?", on: db)
      .bind(1, deadline.kind).bind(2, deadline.subject)
    defer { statement.done() }
    return try statement.step() ? Instant(milliseconds: Int64(statement.int(0))) : nil
  }

  static func due(at now: Instant, limit: Int, on db: Database) throws -> [DueDeadline] {
    let statement = try SQL(
      """
      SELECT kind, subject, due, attempts, payload FROM deadline
      WHERE fire_at <= ? ORDER BY fire_at, kind, subject LIMIT ?
      """, on: db)
    statement.bind(1, Int(now.milliseconds)).bind(2, limit)
    defer { statement.done() }
    var found: [DueDeadline] = []
    while try statement.step() {
      let payload = try statement.withBlob(4) { try JSONParser.parse($0) }
      found.append(
        DueDeadline(
          kind: statement.text(0), subject: statement.text(1),
          due: Instant(milliseconds: Int64(statement.int(2))), attempts: statement.int(3),
          payload: payload.objectValue ?? [:]))
    }
    return found
  }

  /// Makes those due now whose instants are provisional under another calendar than this one.
  static func wake(calendar version: String, now: Instant, on db: Database) throws {
    try SQL(
      """
      UPDATE deadline SET due = ?1, fire_at = ?1, attempts = 0
      WHERE due > ?1 AND json_extract(CAST(payload AS TEXT), '$.\(Deadline.provisionalUnder)') <> ?2
      """, on: db
    ).bind(1, Int(now.milliseconds)).bind(2, version).run()
  }

  /// After a failed attempt: again in 1, 2, 4 … at most 64 minutes. The due instant stays.
  static func postpone(_ deadline: DueDeadline, now: Instant, on db: Database) throws {
    let minutes = 1 << min(deadline.attempts, 6)
    try SQL(
      "UPDATE deadline SET fire_at = ?, attempts = attempts + 1 WHERE kind = ? AND subject = ?",
      on: db
    ).bind(1, Int(now.adding(minutes: minutes).milliseconds)).bind(2, deadline.kind)
      .bind(3, deadline.subject).run()
  }
}

enum EventTable {
  static let insert = HotSQL("INSERT INTO event(seq, at, kind, payload) VALUES (?, ?, ?, ?)")

  static func newest(on db: Database) throws -> Int {
    let statement = try SQL("SELECT coalesce(max(seq), 0) FROM event", on: db)
    defer { statement.done() }
    return try statement.step() ? statement.int(0) : 0
  }

  static func after(_ seq: Int, limit: Int, on db: Database) throws -> [StoredEvent] {
    let statement = try SQL(
      "SELECT seq, at, kind, payload FROM event WHERE seq > ? ORDER BY seq LIMIT ?", on: db)
    statement.bind(1, seq).bind(2, limit)
    defer { statement.done() }
    var events: [StoredEvent] = []
    while try statement.step() {
      events.append(
        StoredEvent(
          seq: statement.int(0), at: Instant(milliseconds: Int64(statement.int(1))),
          kind: statement.text(2), payload: statement.blob(3)))
    }
    return events
  }
}

extension Catalog {
  /// The module and kind of a deadline's full name.
  func deadline(_ fullName: String) -> (CompiledModule, DeadlineKind)? {
    guard let dot = fullName.firstIndex(of: "."),
      let module = registry.modules[String(fullName[..<dot])],
      let kind = module.deadlines[String(fullName[fullName.index(after: dot)...])]
    else { return nil }
    return (module, kind)
  }
}
