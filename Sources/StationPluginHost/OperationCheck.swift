import StationKit
import StationPluginWire

/// Whether what a plugin asks for is within what it declared; found out before the writer's thread sees it.
package struct OperationCheck: Sendable {
  private let module: CompiledModule
  private let calls: Set<String>

  /// - Parameter calls: methods of other modules that it declares.
  package init(module: CompiledModule, calls: [String]) {
    self.module = module
    self.calls = Set(calls)
  }

  /// What is not declared, or does not fit its schema; nil if all is well.
  package func offence(_ operation: Operation) -> String? {
    switch operation {
    case .create(let collection, _, let body), .put(let collection, _, _, let body):
      guard let compiled = module.collections[collection] else { return undeclared("collection", collection) }
      return compiled.schema.validate(.object(body)).map {
        "\(compiled.fullName): \($0.pointer): \($0.message)"
      }
    case .delete(let collection, _, _):
      return module.collections[collection] == nil ? undeclared("collection", collection) : nil
    case .erase, .number: return nil
    case .schedule(let kind, _, _, _), .cancel(let kind, _):
      return module.deadlines[kind] == nil ? undeclared("deadline", kind) : nil
    case .emit(let event, let payload):
      guard let compiled = module.events[event] else { return undeclared("event", event) }
      return compiled.payload.validate(.object(payload)).map {
        "event \(compiled.fullName): \($0.pointer): \($0.message)"
      }
    case .call(let method, _, _): return offence(call: method)
    }
  }

  package func offence(_ read: ReadRequest) -> String? {
    switch read {
    case .get(let collection, _):
      return module.collections[collection] == nil ? undeclared("collection", collection) : nil
    case .query(let query), .count(let query): return offence(query, columns: [])
    case .scan(let query, let columns): return offence(query, columns: columns)
    case .call(let method, _): return offence(call: method)
    case .erase: return nil
    }
  }

  private func offence(_ query: Query, columns: [String]) -> String? {
    guard let collection = module.collections[query.collection]?.declaration else {
      return undeclared("collection", query.collection)
    }
    let index = query.index.flatMap { name in collection.indexes.first { $0.name == name } }
    if let name = query.index, index == nil { return undeclared("index", "\(query.collection).\(name)") }
    let free =
      (index?.fields.count ?? 0) - query.equals.count - (query.from == nil && query.to == nil ? 0 : 1)
    guard free >= 0 else { return "more values than the index of '\(query.collection)' has fields" }
    for column in columns + query.matching.keys.sorted()
    where !collection.fields.contains(where: { $0.name == column }) {
      return undeclared("field", "\(query.collection).\(column)")
    }
    return nil
  }

  private func offence(call method: String) -> String? {
    calls.contains(method) ? nil : undeclared("call to", method)
  }

  private func undeclared(_ what: String, _ name: String) -> String {
    "not declared: \(what) '\(name.prefix(100))'"
  }
}
