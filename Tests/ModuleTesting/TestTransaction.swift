import StationKit

/// One module's view of a ``TestStore`` during one call.
package final class TestTransaction: Transaction {
  private let store: TestStore
  private let name: String
  private let context: CallContext

  package init(_ store: TestStore, _ module: String, _ context: CallContext) {
    self.store = store
    self.name = module
    self.context = context
  }

  /// Runs something that happens, and has not happened afterwards.
  func undone<T>(_ body: () throws -> T) rethrows -> T {
    let before = store.contents
    defer { store.contents = before }
    return try body()
  }

  /// Undone where it throws.
  func whole<T>(_ body: () throws -> T) throws -> T {
    let before = store.contents
    do {
      return try body()
    } catch {
      store.contents = before
      throw error
    }
  }

  private func declared(_ collection: String) throws -> Collection {
    guard let found = try store.module(name).collections.first(where: { $0.name == collection }) else {
      throw TestStore.StoreError.undeclared(collection)
    }
    return found
  }

  private func key(_ collection: String) -> String { "\(name).\(collection)" }

  package func get(_ collection: String, _ id: String) throws -> Record? {
    if store.checks { _ = try declared(collection) }
    return store.contents.rows[key(collection)]?[id]?.record
  }

  package func create(_ collection: String, id: String?, _ body: JSONObject) throws -> Record {
    if store.checks { _ = try declared(collection) }
    let key = key(collection)
    try store.check("body \(key)", .object(body), .internalError)
    store.contents.sequence += 1
    let id = id ?? "id-\(store.contents.sequence)"
    guard store.contents.rows[key]?[id] == nil else { throw RPCError(.alreadyExists) }
    let record = Record(id: id, version: 1, body: body)
    store.contents.rows[key, default: [:]][id] = TestStore.Row(
      record: record, sequence: store.contents.sequence)
    return record
  }

  package func put(_ collection: String, _ id: String, version: Int, _ body: JSONObject) throws -> Record {
    _ = try declared(collection)
    let key = key(collection)
    try store.check("body \(key)", .object(body), .internalError)
    guard let old = store.contents.rows[key]?[id] else { throw RPCError.notFound(collection, id) }
    guard old.record.version == version else { throw RPCError(.conflict) }
    let record = Record(id: id, version: version + 1, body: body)
    store.contents.rows[key]?[id]?.record = record
    return record
  }

  package func delete(_ collection: String, _ id: String, version: Int) throws {
    guard store.contents.rows[key(collection)]?[id]?.record.version == version else {
      throw RPCError(.conflict)
    }
    store.contents.rows[key(collection)]?[id] = nil
  }

  package func erase(subject: String) throws -> Int {
    var erased = 0
    for collection in try store.module(name).collections where !collection.personal.isEmpty {
      let key = key(collection.name)
      for (id, row) in store.contents.rows[key] ?? [:] {
        switch collection.subject {
        case .own: guard id == subject else { continue }
        case .member(let member): guard row.record[member]?.stringValue == subject else { continue }
        }
        store.contents.rows[key]?[id] = nil
        erased += 1
      }
    }
    return erased
  }

  package func next(series: String) throws -> Int {
    let number = (store.contents.series["\(name)|\(series)"] ?? 0) + 1
    store.contents.series["\(name)|\(series)"] = number
    return number
  }

  package func schedule(_ kind: String, subject: String, due: Instant, payload: JSONObject) throws {
    if store.checks {
      guard try store.module(name).deadlines.contains(where: { $0.name == kind }) else {
        throw TestStore.StoreError.undeclared(kind)
      }
    }
    store.contents.deadlines["\(name)|\(kind)|\(subject)"] = TestStore.Scheduled(due: due, payload: payload)
  }

  package func cancel(_ kind: String, subject: String) throws {
    store.contents.deadlines["\(name)|\(kind)|\(subject)"] = nil
  }

  package func emit(_ event: String, _ payload: JSONObject) throws {
    try store.check("event \(name).\(event)", .object(payload), .internalError)
    store.contents.events.append(TestStore.Emitted(name: "\(name).\(event)", payload: payload))
  }

  package func call(_ method: String, _ params: JSONObject) throws -> JSONValue {
    if store.checks {
      guard try store.module(name).calls.contains(method) else {
        throw TestStore.StoreError.undeclared(method)
      }
    }
    let (module, target) = try store.target(method)
    return try store.run(module, target, method, params, context)
  }

  // MARK: Queries

  package func query(_ query: Query) throws -> Page {
    let rows = try matching(query)
    guard (1...1000).contains(query.limit) else { throw TestStore.StoreError.undeclared("limit") }
    let after =
      query.after ?? query.cursor.flatMap { text in rows.first { "\($0.place.order)" == text }?.place }
    let left = rows.drop { row in after.map { !precedes($0, row.place, query.descending) } ?? false }
    let page = left.prefix(query.limit)
    let end = page.count < left.count ? page.last?.place : nil
    return Page(
      records: page.map(\.record), next: end.map { "\($0.order)" }, places: page.map(\.place), end: end)
  }

  package func count(_ query: Query) throws -> Int { try matching(query).count }

  package func forEach(_ query: Query, columns: [String], _ body: ([IndexValue]) throws -> Void) throws {
    let collection = try declared(query.collection)
    let index = collection.indexes.first { $0.name == query.index }
    for column in columns where index?.fields.contains(column) != true {
      throw TestStore.StoreError.undeclared("column \(column) of the index")
    }
    for row in try matching(query) {
      try body(try columns.map { try value(row.record, $0, collection) })
    }
  }

  private func matching(_ query: Query) throws -> [(record: Record, place: Query.Place)] {
    let collection = try declared(query.collection)
    var fields: [String] = []
    if let name = query.index {
      guard let index = collection.indexes.first(where: { $0.name == name }) else {
        throw TestStore.StoreError.undeclared(name)
      }
      fields = index.fields
    }
    let isRanged = query.from != nil || query.to != nil
    guard query.equals.count + (isRanged ? 1 : 0) <= fields.count else {
      throw TestStore.StoreError.undeclared("more fields than the index has")
    }
    var rows: [(record: Record, place: Query.Place)] = []
    for row in (store.contents.rows[key(query.collection)] ?? [:]).values {
      let keys = try fields.map { try value(row.record, $0, collection) }
      guard Array(keys.prefix(query.equals.count)) == query.equals else { continue }
      if let from = query.from, precedes(keys[query.equals.count], from) { continue }
      if let to = query.to, !precedes(keys[query.equals.count], to) { continue }
      guard try query.matching.allSatisfy({ try value(row.record, $0.key, collection) == $0.value }) else {
        continue
      }
      let values = Array(keys.dropFirst(query.equals.count))
      rows.append((row.record, Query.Place(values: values, order: row.sequence)))
    }
    return rows.sorted { precedes($0.place, $1.place, query.descending) }
  }

  private func precedes(_ left: Query.Place, _ right: Query.Place, _ descending: Bool) -> Bool {
    for (a, b) in zip(left.values, right.values) where a != b { return precedes(a, b) != descending }
    return left.order != right.order && (left.order < right.order) != descending
  }

  private func value(_ record: Record, _ field: String, _ collection: Collection) throws -> IndexValue {
    guard let declared = collection.fields.first(where: { $0.name == field }) else {
      throw TestStore.StoreError.undeclared(field)
    }
    guard let value = record[field], value != .null else { return .null }
    switch declared.type {
    case .text, .blind: return value.stringValue.map(IndexValue.text) ?? .null
    case .integer: return value.intValue.map(IndexValue.integer) ?? .null
    }
  }

  /// The order of SQL: NULL, integers, texts by bytes.
  private func precedes(_ left: IndexValue, _ right: IndexValue) -> Bool {
    switch (left, right) {
    case (.null, .null): false
    case (.null, _): true
    case (_, .null): false
    case (.integer(let a), .integer(let b)): a < b
    case (.integer, .text): true
    case (.text, .integer): false
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    }
  }
}
