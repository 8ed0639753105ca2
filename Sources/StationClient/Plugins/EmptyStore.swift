import StationKit
import StationPluginWire

/// A store without a record, that refuses what a plugin has not declared: what a check answers a plugin's reads
/// from, and tries its operations on.
final class EmptyStore: Transaction {
  private let module: CompiledModule
  private let calls: [String]
  private var numbers: [String: Int] = [:]

  /// - Parameter calls: methods of other modules that it declares.
  init(module: CompiledModule, calls: [String]) {
    self.module = module
    self.calls = calls
  }

  /// Tries an operation. Numbers are held against those that were given out.
  func perform(_ operation: StationPluginWire.Operation) throws {
    guard case .number(let series, let value) = operation else {
      return try operation.perform(on: self)
    }
    guard value > 0, value <= numbers[series, default: 0] else {
      throw wrong("a number of '\(series)' that was not given")
    }
  }

  func get(_ collection: String, _ id: String) throws -> Record? {
    _ = try declared(collection)
    return nil
  }

  func query(_ query: Query) throws -> Page {
    try check(query)
    return Page(records: [], next: nil, places: [], end: nil)
  }

  func count(_ query: Query) throws -> Int {
    try check(query)
    return 0
  }

  func forEach(_ query: Query, columns: [String], _ body: ([IndexValue]) throws -> Void) throws {
    try check(query)
    let fields = try declared(query.collection).declaration.fields
    for column in columns where !fields.contains(where: { $0.name == column }) {
      throw undeclared("field", "\(query.collection).\(column)")
    }
  }

  func call(_ method: String, _ params: JSONObject) throws -> JSONValue {
    guard calls.contains(method) else { throw undeclared("call to", method) }
    throw RPCError(.unavailable, retryAfterMs: 1_000)
  }

  func create(_ collection: String, id: String?, _ body: JSONObject) throws -> Record {
    try fits(collection, body)
    return Record(id: id ?? "", version: 1, body: body)
  }

  func put(_ collection: String, _ id: String, version: Int, _ body: JSONObject) throws -> Record {
    try fits(collection, body)
    return Record(id: id, version: version + 1, body: body)
  }

  func delete(_ collection: String, _ id: String, version: Int) throws { _ = try declared(collection) }

  func erase(subject: String) throws -> Int { 0 }

  func next(series: String) throws -> Int {
    numbers[series, default: 0] += 1
    return numbers[series, default: 1]
  }

  func schedule(_ kind: String, subject: String, due: Instant, payload: JSONObject) throws {
    guard module.deadlines[kind] != nil else { throw undeclared("deadline", kind) }
  }

  func cancel(_ kind: String, subject: String) throws {
    guard module.deadlines[kind] != nil else { throw undeclared("deadline", kind) }
  }

  func emit(_ event: String, _ payload: JSONObject) throws {
    guard let declared = module.events[event] else { throw undeclared("event", event) }
    guard let violation = declared.payload.validate(.object(payload)) else { return }
    throw wrong("payload of \(event): \(violation.pointer): \(violation.message)")
  }

  private func declared(_ collection: String) throws -> CompiledCollection {
    guard let found = module.collections[collection] else { throw undeclared("collection", collection) }
    return found
  }

  private func check(_ query: Query) throws {
    let collection = try declared(query.collection).declaration
    guard let index = query.index else { return }
    guard collection.indexes.contains(where: { $0.name == index }) else {
      throw undeclared("index", "\(query.collection).\(index)")
    }
  }

  private func fits(_ collection: String, _ body: JSONObject) throws {
    guard let violation = try declared(collection).schema.validate(.object(body)) else { return }
    throw wrong("body of \(collection): \(violation.pointer): \(violation.message)")
  }

  private func undeclared(_ what: String, _ name: String) -> RPCError {
    RPCError(.denied, Text("not declared: \(what) '\(name)'", zh: "未声明：\(name)"))
  }

  private func wrong(_ what: String) -> RPCError { RPCError(.internalError, Text(what, zh: what)) }
}
