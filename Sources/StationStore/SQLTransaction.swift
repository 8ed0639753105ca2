import GRDB
import StationCrypto
import StationKit

/// What a module sees of the store during one call: the names it declared, and nothing else.
///
/// Used on one thread, for one call; a call to another module switches `module` for its duration.
package class SQLReadTransaction: ReadTransaction {
  let db: Database
  let catalog: Catalog
  var module: CompiledModule
  var context: CallContext
  /// Records read, kept only where the method discloses personal data.
  package internal(set) var disclosed: [Touched] = []
  let tracksReads: Bool
  /// Methods of other modules that were called, in order.
  var via: [String] = []
  private var depth = 0

  init(
    db: Database, catalog: Catalog, module: CompiledModule, context: CallContext, tracksReads: Bool
  ) {
    self.db = db
    self.catalog = catalog
    self.module = module
    self.context = context
    self.tracksReads = tracksReads
  }

  func plan(_ collection: String) throws -> CollectionPlan {
    guard let plan = catalog.plan(module.name, collection) else {
      throw ModuleFault.undeclared("collection '\(module.name).\(collection)'")
    }
    return plan
  }

  package func get(_ collection: String, _ id: String) throws -> Record? {
    try load(plan(collection), id)
  }

  func load(_ plan: CollectionPlan, _ id: String) throws -> Record? {
    let statement = try SQL(plan.select, on: db).bind(1, id)
    guard try statement.step() else { return nil }
    defer { statement.done() }
    return try record(plan, id: id, statement, version: 0, salt: 1, body: 2)
  }

  private func record(
    _ plan: CollectionPlan, id: String, _ row: SQL, version: Int32, salt: Int32, body: Int32
  ) throws -> Record {
    let number = row.int(version)
    let value: JSONValue = try row.withBlob(body) { bytes in
      if tracksReads {
        let commitment = row.withBlob(salt) {
          Touched.commitment(
            salt: $0, collection: plan.compiled.fullName, id: id, version: number, body: bytes)
        }
        disclosed.append(
          Touched(
            collection: plan.compiled.fullName, id: id, version: number, commitment: commitment))
      }
      return try JSONParser.parse(bytes)
    }
    guard case .object(let object) = value else {
      throw SQLError(11, "\(plan.compiled.fullName) \(id): the body is not an object")
    }
    return Record(id: id, version: number, body: object)
  }

  package func query(_ query: Query) throws -> Page {
    let plan = try plan(query.collection)
    let walk = try QueryWalk(query, plan)
    let statement = try SQL(walk.page(selecting: plan.selectBody), on: db)
    walk.bind(statement, withCursor: true)
    defer { statement.done() }
    var records: [Record] = []
    var last: Cursor?
    while try statement.step() {
      if records.count == query.limit {
        return Page(records: records, next: last?.text)
      }
      records.append(
        try record(plan, id: statement.text(1), statement, version: 2, salt: 3, body: 4))
      last = walk.cursor(at: statement, key: 0, firstColumn: 5)
    }
    return Page(records: records, next: nil)
  }

  package func count(_ query: Query) throws -> Int {
    let plan = try plan(query.collection)
    let walk = try QueryWalk(query, plan)
    let statement = try SQL(walk.all(selecting: "SELECT count(*)", ordered: false), on: db)
    walk.bind(statement, withCursor: false)
    defer { statement.done() }
    return try statement.step() ? statement.int(0) : 0
  }

  package func forEach(
    _ query: Query, columns: [String], _ body: ([IndexValue]) throws -> Void
  ) throws {
    let plan = try plan(query.collection)
    let walk = try QueryWalk(query, plan)
    let names = Set(plan.fields.map(\.name))
    for column in columns where !names.contains(column) {
      throw ModuleFault.undeclared("field '\(column)' of \(plan.compiled.fullName)")
    }
    let list = columns.map { "f_\($0)" }.joined(separator: ", ")
    let statement = try SQL(walk.all(selecting: "SELECT \(list)", ordered: true), on: db)
    walk.bind(statement, withCursor: false)
    defer { statement.done() }
    var row = [IndexValue](repeating: .null, count: columns.count)
    while try statement.step() {
      for column in row.indices { row[column] = statement.value(Int32(column)) }
      try body(row)
    }
  }

  package func call(_ method: String, _ params: JSONObject) throws -> JSONValue {
    guard module.calls.contains(method), let target = catalog.registry.methods[method],
      let owner = catalog.registry.modules[target.moduleName]
    else { throw ModuleFault.undeclared("call to '\(method)' by '\(module.name)'") }
    // Two modules may call each other; a circle must not exhaust the stack.
    guard depth < 8 else { throw ModuleFault("calls nested more than 8 deep at '\(method)'") }
    try target.check(params)
    let outer = (module, context)
    module = owner
    context = context.calling(method)
    depth += 1
    via.append(method)
    defer {
      (module, context) = outer
      depth -= 1
    }
    return try run(target, Params(params))
  }

  func run(_ target: CompiledMethod, _ params: Params) throws -> JSONValue {
    guard case .read(let handler)? = target.declaration.handler.body.local else {
      throw ModuleFault("'\(target.fullName)' writes and was called from a read")
    }
    return try handler(params, context, self)
  }
}

extension CallContext {
  /// The same caller, one method further.
  func calling(_ method: String) -> CallContext {
    CallContext(
      principal: principal, method: method, now: now, calendar: calendar, zone: zone,
      purpose: purpose, reason: reason)
  }
}

extension SQL {
  func value(_ column: Int32) -> IndexValue {
    switch columnType(column) {
    case .integer: .integer(int(column))
    case .text: .text(text(column))
    case .null: .null
    }
  }
}
