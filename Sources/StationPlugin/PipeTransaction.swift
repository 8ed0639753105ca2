import Foundation
import StationKit
import StationPluginWire

/// A transaction whose store is in another process: reads are asked for, writes are gathered and happen when the
/// handler has ended. What it reads after its own writes is as if they had happened.
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
  /// Records that this call has written, so that they need not be asked for. nil: removed.
  private var written: [Key: Record?] = [:]

  private struct Key: Hashable {
    let collection: String
    let id: String
  }

  init(
    _ link: PluginLink, token: String, module: Module, context: CallContext, writes: Set<String>,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.link = link
    self.token = token
    self.module = module
    self.context = context
    self.writes = writes
    self.isCancelled = isCancelled
  }

  private func ask(_ request: ReadRequest) throws -> JSONValue {
    guard !isCancelled() else { throw RPCError(.cancelled) }
    var (method, params) = request.wire
    params["token"] = .string(token)
    if !operations.isEmpty { params["operations"] = .array(operations.map(\.json)) }
    return try link.ask(method, params)
  }

  func get(_ collection: String, _ id: String) throws -> Record? {
    if let known = written[Key(collection: collection, id: id)] { return known }
    return WireRecord.record(try ask(.get(collection: collection, id: id)))
  }

  func query(_ query: Query) throws -> Page {
    let answer = try ask(.query(query))
    return Page(
      records: (answer["records"]?.arrayValue ?? []).compactMap { WireRecord.record($0) },
      next: answer["next"]?.stringValue,
      places: (answer["places"]?.arrayValue ?? []).compactMap { Query.Place($0) },
      end: answer["end"].flatMap { Query.Place($0) })
  }

  func count(_ query: Query) throws -> Int { try ask(.count(query)).intValue ?? 0 }

  func forEach(_ query: Query, columns: [String], _ body: ([IndexValue]) throws -> Void) throws {
    for row in try ask(.scan(query, columns: columns)).arrayValue ?? [] {
      try body((row.arrayValue ?? []).map { IndexValue($0) ?? .null })
    }
  }

  func call(_ method: String, _ params: JSONObject) throws -> JSONValue {
    let result = try ask(.call(method: method, params: params))
    if writes.contains(method) { operations.append(.call(method: method, params: params, result: result)) }
    return result
  }

  func create(_ collection: String, id: String?, _ body: JSONObject) throws -> Record {
    let record = Record(id: id ?? UUIDv7.next(), version: 1, body: body)
    // What this call has written is known; whether anybody else's record is there is found when it is done, and no
    // round trip is spent on it: the call then fails with the same refusal.
    if case .some(.some) = written[Key(collection: collection, id: record.id)] {
      throw RPCError(
        .alreadyExists,
        Text("'\(record.id)' or a unique value of it exists already", zh: "“\(record.id)”或其唯一值已存在"))
    }
    operations.append(.create(collection: collection, id: record.id, body: body))
    try requireUnique(collection, record)
    written[Key(collection: collection, id: record.id)] = .some(record)
    return record
  }

  func put(_ collection: String, _ id: String, version: Int, _ body: JSONObject) throws -> Record {
    let present = try present(collection, id, version: version)
    let record = Record(id: id, version: present.version + 1, body: body)
    operations.append(.put(collection: collection, id: id, version: version, body: body))
    try requireUnique(collection, record)
    written[Key(collection: collection, id: id)] = .some(record)
    return record
  }

  func delete(_ collection: String, _ id: String, version: Int) throws {
    _ = try present(collection, id, version: version)
    operations.append(.delete(collection: collection, id: id, version: version))
    written[Key(collection: collection, id: id)] = .some(nil)
  }

  /// A handler may make something of a refusal, so it must hear of it while it runs.
  private func present(_ collection: String, _ id: String, version: Int) throws -> Record {
    guard let present = try get(collection, id) else { throw RPCError.notFound(collection, id) }
    guard present.version == version else {
      throw RPCError(
        .conflict,
        Text(
          "'\(id)' is at version \(present.version), not \(version)",
          zh: "“\(id)”的版本是 \(present.version)，不是 \(version)"),
        details: ["version": .int(present.version)])
    }
    return present
  }

  /// Where the collection has a unique index, whether the values are free is asked by a rehearsal of the write.
  private func requireUnique(_ collection: String, _ record: Record) throws {
    guard let declared = module.collections.first(where: { $0.name == collection }),
      declared.indexes.contains(where: \.unique)
    else { return }
    do {
      _ = try ask(.get(collection: collection, id: record.id))
    } catch {
      if (error as? RPCError)?.kind == .alreadyExists { operations.removeLast() }
      throw error
    }
  }

  func erase(subject: String) throws -> Int {
    guard let count = try ask(.erase(subject: subject)).intValue else { throw RPCError(.internalError) }
    operations.append(.erase(subject: subject, count: count))
    written = [:]
    return count
  }

  func next(series: String) throws -> Int {
    guard !isCancelled() else { throw RPCError(.cancelled) }
    let answer = try link.ask(.next, ["token": .string(token), "series": .string(series)])
    guard let value = answer.intValue else { throw RPCError(.internalError) }
    operations.append(.number(series: series, value: value))
    return value
  }

  func schedule(_ kind: String, subject: String, due: Instant, payload: JSONObject) throws {
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
