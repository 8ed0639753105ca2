import Foundation
import StationKit
import StationPluginWire

/// A transaction whose store is in another process: reads are asked for, writes are gathered and happen when the
/// handler has ended. What it reads after its own writes is as if they had happened: the daemon is told of them with
/// every read that may see them, and does them for it in a rehearsal. What cannot see them is read as it stands, and
/// what was told before is not asked again.
///
/// Used on one thread, for one call.
final class PipeTransaction: Transaction {
  private let link: PluginLink
  private let token: String
  private let module: Module
  private let context: CallContext
  /// Methods of other modules that change the store.
  private let writes: Set<String>
  private let isCancelled: @Sendable () -> Bool
  private(set) var operations: [StationPluginWire.Operation] = []
  /// Records as this call was told or has written them. nil: there is none.
  private var known: [WriteFootprint.Key: Record?] = [:]
  /// Answers to other reads, with what had been written when they came.
  private var told: [[UInt8]: (answer: JSONValue, written: Int)] = [:]
  private var footprint = WriteFootprint()
  /// Numbers that the daemon has foretold, by series.
  private var foretold: [String: Int]
  private let kept: KeptAnswers
  /// Whether what earlier calls were told is taken for what the store would tell this one.
  private let reliesOnKept: Bool
  /// What of that was relied on: the daemon finds it so before anything is done.
  private(set) var relied: [JSONValue] = []

  init(
    _ link: PluginLink, token: String, module: Module, context: CallContext, writes: Set<String>,
    foretold: [String: Int], kept: KeptAnswers, reliesOnKept: Bool,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.link = link
    self.token = token
    self.module = module
    self.context = context
    self.writes = writes
    self.foretold = foretold
    self.kept = kept
    self.reliesOnKept = reliesOnKept
    self.isCancelled = isCancelled
  }

  private func ask(_ request: ReadRequest) throws -> JSONValue {
    guard !isCancelled() else { throw RPCError(.cancelled) }
    var (method, params) = request.wire
    params["token"] = .string(token)
    if footprint.touches(request, indexes) {
      params["operations"] = .array(operations.map(\.json))
    }
    return try link.ask(method, params)
  }

  /// As ``ask(_:)``, where the same may have been asked before.
  private func askOnce(_ request: ReadRequest) throws -> JSONValue {
    let (method, params) = request.wire
    let key = JSONValue.array([.string(method.rawValue), .object(params)]).encoded()
    if let (answer, written) = told[key], !footprint.touches(request, indexes, since: written) {
      return answer
    }
    let answer = try keptAnswer(request, key) ?? ask(request)
    told[key] = (answer, footprint.count)
    return answer
  }

  /// What an earlier call was told, where that may be kept and no write of this call can have changed it. What is
  /// asked instead is kept for the calls that come.
  private func keptAnswer(_ request: ReadRequest, _ key: [UInt8]) throws -> JSONValue? {
    guard case .call(let method, let params) = request, kept.keeps(method), footprint.count == 0 else {
      return nil
    }
    guard reliesOnKept, relied.count < PluginLimits.kept, let answer = kept[key] else {
      let answer = try ask(request)
      kept[key] = answer
      return answer
    }
    relied.append(["method": .string(method), "params": .object(params), "result": answer])
    return answer
  }

  private func indexes(_ collection: String) -> [Collection.Index] {
    module.collections.first { $0.name == collection }?.indexes ?? []
  }

  func get(_ collection: String, _ id: String) throws -> Record? {
    let key = WriteFootprint.Key(collection, id)
    if let known = known[key] { return known }
    let record = WireRecord.record(try ask(.get(collection: collection, id: id)))
    known[key] = .some(record)
    return record
  }

  func query(_ query: Query) throws -> Page {
    let answer = try askOnce(.query(query))
    let records = (answer["records"]?.arrayValue ?? []).compactMap { WireRecord.record($0) }
    for record in records {
      known[WriteFootprint.Key(query.collection, record.id)] = .some(record)
    }
    return Page(
      records: records,
      next: answer["next"]?.stringValue,
      places: (answer["places"]?.arrayValue ?? []).compactMap { Query.Place($0) },
      end: answer["end"].flatMap { Query.Place($0) })
  }

  func count(_ query: Query) throws -> Int { try askOnce(.count(query)).intValue ?? 0 }

  func forEach(_ query: Query, columns: [String], _ body: ([IndexValue]) throws -> Void) throws {
    for row in try askOnce(.scan(query, columns: columns)).arrayValue ?? [] {
      try body((row.arrayValue ?? []).map { IndexValue($0) ?? .null })
    }
  }

  func call(_ method: String, _ params: JSONObject) throws -> JSONValue {
    guard writes.contains(method) else { return try askOnce(.call(method: method, params: params)) }
    let result = try ask(.call(method: method, params: params))
    operations.append(.call(method: method, params: params, result: result))
    forget()
    return result
  }

  func create(_ collection: String, id: String?, _ body: JSONObject) throws -> Record {
    let record = Record(id: id ?? UUIDv7.next(), version: 1, body: body)
    // What this call knows is known; whether anybody else's record is there is found when it is done, and no round
    // trip is spent on it: the call then fails with the same refusal.
    let key = WriteFootprint.Key(collection, record.id)
    if case .some(.some) = known[key] { throw RPCError.exists(record.id) }
    try requireUnique(collection, record, former: nil)
    operations.append(.create(collection: collection, id: record.id, body: body))
    write(key, record, former: nil)
    return record
  }

  func put(_ collection: String, _ id: String, version: Int, _ body: JSONObject) throws -> Record {
    let present = try present(collection, id, version: version)
    let record = Record(id: id, version: present.version + 1, body: body)
    try requireUnique(collection, record, former: present)
    operations.append(.put(collection: collection, id: id, version: version, body: body))
    write(WriteFootprint.Key(collection, id), record, former: present)
    return record
  }

  func delete(_ collection: String, _ id: String, version: Int) throws {
    let present = try present(collection, id, version: version)
    operations.append(.delete(collection: collection, id: id, version: version))
    write(WriteFootprint.Key(collection, id), nil, former: present)
  }

  private func write(_ key: WriteFootprint.Key, _ record: Record?, former: Record?) {
    known[key] = .some(record)
    footprint.add(key, [former?.body, record?.body].compactMap { $0 })
  }

  /// Anything may have changed.
  private func forget() {
    known = [:]
    told = [:]
    footprint.addAll()
  }

  /// A handler may make something of a refusal, so it must hear of it while it runs.
  private func present(_ collection: String, _ id: String, version: Int) throws -> Record {
    guard let present = try get(collection, id) else { throw RPCError.notFound(collection, id) }
    guard present.version == version else {
      throw RPCError.conflict(id, version: present.version, expected: version)
    }
    return present
  }

  /// A handler may make something of this refusal too.
  private func requireUnique(_ collection: String, _ record: Record, former: Record?) throws {
    for index in indexes(collection) where index.unique {
      let values = index.fields.map { IndexValue(record.body[$0] ?? .null) ?? .null }
      // NULLs are all different (SQL).
      guard !values.contains(.null), former.map({ Self.differ($0, record, index) }) ?? true else { continue }
      let page = try query(Query(collection, index: index.name, equals: values, limit: 1))
      guard page.records.allSatisfy({ $0.id == record.id }) else { throw RPCError.exists(record.id) }
    }
  }

  private static func differ(_ one: Record, _ other: Record, _ index: Collection.Index) -> Bool {
    index.fields.contains { one.body[$0] != other.body[$0] }
  }

  func erase(subject: String) throws -> Int {
    guard let count = try ask(.erase(subject: subject)).intValue else { throw RPCError(.internalError) }
    operations.append(.erase(subject: subject, count: count))
    forget()
    return count
  }

  func next(series: String) throws -> Int {
    guard !isCancelled() else { throw RPCError(.cancelled) }
    let answer =
      try foretold.removeValue(forKey: series).map { .int($0) }
      ?? link.ask(.next, ["token": .string(token), "series": .string(series)])
    guard let value = answer.intValue else { throw RPCError(.internalError) }
    operations.append(.number(series: series, value: value))
    return value
  }

  func schedule(_ kind: String, subject: String, due: Instant, payload: JSONObject) throws {
    try Deadline.check(subject: subject)
    operations.append(.schedule(kind: kind, subject: subject, due: due, payload: payload))
  }

  func cancel(_ kind: String, subject: String) throws {
    operations.append(.cancel(kind: kind, subject: subject))
  }

  func emit(_ event: String, _ payload: JSONObject) throws {
    operations.append(.emit(event: event, payload: payload))
  }
}

/// UUIDs that sort by the time of their making (RFC 9562, 5.7).
enum UUIDv7 {
  static func next() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    // 12 bits of the millisecond's fraction keep the order within it.
    let fraction = UInt64(time.tv_nsec) % 1_000_000 * 4096 / 1_000_000
    var random = SystemRandomNumberGenerator()
    let high = milliseconds << 16 | 0x7000 | fraction
    let low = (random.next() as UInt64) >> 2 | 0x8000_0000_0000_0000
    func hex(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    let digits = Array(hex(high) + hex(low))
    return [digits[..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20...]]
      .map { String($0) }.joined(separator: "-")
  }
}
