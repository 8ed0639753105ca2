import GRDB
import StationCrypto
import StationKit

/// What the writer's thread keeps in memory beside the database. A failed batch puts it back.
final class WriterState {
  /// Number of the newest event.
  private(set) var eventSeq: Int
  /// Events of the batch under way, for delivery after its commit.
  private(set) var events: [StoredEvent] = []
  /// Numbers given out last, by series.
  private var series: [String: Int] = [:]
  private var changedSeries: Set<String> = []
  /// Decoded records of collections declared `cached`.
  private(set) var cache: [CacheKey: Record] = [:]
  /// Answers of steady methods.
  var steady = SteadyAnswers()
  let random = SaltPool()
  let uuids = UUIDv7Generator()
  /// The earliest instant at which a deadline may fire, in milliseconds; later ones are found then.
  private(set) var nextDue: Int64?

  private var ownSealer: Sealer?
  /// Whether the call under way has erased something: then its answer waits for ``Wiper``.
  var hasErased = false
  /// Deadlines that another process is at. In memory only: after a crash they are due as before.
  var lent: Set<LentDeadline> = []

  private static let cacheLimit = 4096

  func takeErased() -> Bool {
    defer { hasErased = false }
    return hasErased
  }

  /// What encrypts on the writer's thread.
  func sealer(_ vault: Vault) throws -> Sealer {
    if let ownSealer { return ownSealer }
    let made = try Sealer(vault)
    ownSealer = made
    return made
  }

  init(eventSeq: Int) { self.eventSeq = eventSeq }

  func remember(_ record: Record, for key: CacheKey) {
    if cache.count >= Self.cacheLimit { cache.removeAll(keepingCapacity: true) }
    cache[key] = record
  }

  /// A record of a module changes: what was remembered of it no longer holds.
  func forget(_ plan: CollectionPlan, id: String, of module: CompiledModule) {
    if plan.compiled.declaration.cached {
      cache[CacheKey(collection: plan.compiled.fullName, id: id)] = nil
    }
    if module.hasSteadyMethods { steady.forget() }
  }

  /// All that was remembered may no longer hold.
  func forgetAll() {
    cache.removeAll(keepingCapacity: true)
    steady.forget()
  }

  func deadlineSet(_ due: Int64) {
    nextDue = min(nextDue ?? due, due)
  }

  func setNextDue(_ due: Int64?) { nextDue = due }

  func append(event kind: String, payload: [UInt8], at: Instant, _ hot: HotStatements) throws {
    let seq = eventSeq + 1
    try hot.sql(EventTable.insert)
      .bind(1, seq).bind(2, Int(at.milliseconds)).bind(3, kind).bind(4, blob: payload).run()
    eventSeq = seq
    events.append(StoredEvent(seq: seq, at: at, kind: kind, payload: payload))
  }

  /// A place to come back to when a call or a batch is undone.
  struct Mark {
    let eventSeq: Int
    let events: Int
    let series: [String: Int]
    let changedSeries: Set<String>
  }

  var mark: Mark {
    Mark(eventSeq: eventSeq, events: events.count, series: series, changedSeries: changedSeries)
  }

  /// The next number of a series. The table is written once a batch, by ``storeSeries(on:)``.
  func next(series name: String, on db: Database) throws -> Int {
    var value = series[name]
    if value == nil {
      let statement = try SQL("SELECT value FROM series WHERE name = ?", on: db).bind(1, name)
      defer { statement.done() }
      value = try statement.step() ? statement.int(0) : 0
    }
    let next = (value ?? 0) + 1
    series[name] = next
    changedSeries.insert(name)
    return next
  }

  func storeSeries(on db: Database) throws {
    for name in changedSeries {
      try SQL(
        "INSERT INTO series(name, value) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2",
        on: db
      ).bind(1, name).bind(2, series[name] ?? 0).run()
    }
    changedSeries.removeAll(keepingCapacity: true)
  }

  /// Undoes what was noted since the mark. What is remembered may stem from the undone part: all of it goes.
  func restore(_ mark: Mark) {
    eventSeq = mark.eventSeq
    events.removeLast(events.count - mark.events)
    series = mark.series
    changedSeries = mark.changedSeries
    forgetAll()
  }

  func takeEvents() -> [StoredEvent] {
    defer { events.removeAll() }
    return events
  }
}

struct CacheKey: Hashable {
  let collection: String
  let id: String
}

/// An event as it was stored. `payload` is JSON.
package struct StoredEvent: Sendable {
  package let seq: Int
  package let at: Instant
  package let kind: String
  package let payload: [UInt8]
}

/// Salts of 16 bytes, drawn from the system's generator a page at a time.
final class SaltPool {
  private var pool: [UInt8] = []
  private var used = 0
  private static let size = 16

  func salt() throws(CryptoError) -> [UInt8] {
    if used + Self.size > pool.count {
      pool = try SecureRandom.bytes(4096)
      used = 0
    }
    defer { used += Self.size }
    return Array(pool[used..<used + Self.size])
  }
}

/// UUIDs that sort by time of creation (RFC 9562, 5.7), also within one millisecond.
final class UUIDv7Generator {
  private let random = SaltPool()
  private var lastTime: Int64 = 0
  private var counter: UInt16 = 0

  func next(at now: Instant) throws -> String {
    var time = now.milliseconds
    if time <= lastTime {
      time = lastTime
      counter += 1
      if counter > 0xFFF {
        time += 1
        counter = 0
      }
    } else {
      counter = 0
    }
    lastTime = time
    var bytes = try random.salt()
    for position in 0..<6 { bytes[position] = UInt8(truncatingIfNeeded: time >> (40 - 8 * position)) }
    bytes[6] = 0x70 | UInt8(counter >> 8)
    bytes[7] = UInt8(counter & 0xFF)
    bytes[8] = 0x80 | (bytes[8] & 0x3F)
    let hex = Array(Hex.encode(bytes).utf8)
    let parts = [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
    return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
  }
}
