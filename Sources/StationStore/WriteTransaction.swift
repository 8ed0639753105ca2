import GRDB
import GRDBSQLite
import StationCrypto
import StationKit

/// A module's read-write view: it runs on the writer's thread, inside the batch's transaction.
package final class SQLWriteTransaction: SQLReadTransaction, Transaction {
  private let state: WriterState
  private let hot: HotStatements
  /// Records written, in order.
  private(set) var written: [Touched] = []
  /// Whether anything has reached the database: then a failure needs a savepoint to undo it.
  var hasWritten = false

  /// Ids that a rehearsal of this call made and told; used again before new ones are made.
  package var givenIDs: [String] = []
  package private(set) var madeIDs: [String] = []

  init(
    db: Database, catalog: Catalog, module: CompiledModule, context: CallContext, tracksReads: Bool,
    state: WriterState, hot: HotStatements
  ) {
    self.state = state
    self.hot = hot
    super.init(
      db: db, catalog: catalog, module: module, context: context, tracksReads: tracksReads)
  }

  override package func get(_ collection: String, _ id: String) throws -> Record? {
    let plan = try plan(collection)
    guard plan.compiled.declaration.cached, !tracksReads else { return try load(plan, id) }
    let key = CacheKey(collection: plan.compiled.fullName, id: id)
    if let record = state.cache[key] { return record }
    let record = try load(plan, id)
    if let record { state.remember(record, for: key) }
    return record
  }

  package func create(_ collection: String, id: String?, _ body: JSONObject) throws -> Record {
    let plan = try plan(collection)
    let id = try id ?? nextID()
    guard (1...128).contains(id.utf8.count) else {
      throw RPCError.invalid(Text("An id has 1 to 128 bytes", zh: "编号长度为 1 至 128 字节"), pointer: "/id")
    }
    let bytes = try encode(body, plan)
    let salt = try state.random.salt()
    hasWritten = true
    let statement = try hot.sql(plan.insert)
    statement.bind(1, id).bind(2, blob: salt).bind(3, blob: bytes)
    try plan.bindFields(body, to: statement, from: 4)
    try runUnique(statement, id)
    note(plan, id: id, version: 1, salt: salt, body: bytes)
    return Record(id: id, version: 1, body: body)
  }

  /// A new id; where a rehearsal has made it, the same once more.
  private func nextID() throws -> String {
    let id = givenIDs.isEmpty ? try state.uuids.next(at: context.now) : givenIDs.removeFirst()
    madeIDs.append(id)
    return id
  }

  package func put(
    _ collection: String, _ id: String, version: Int, _ body: JSONObject
  ) throws -> Record {
    let plan = try plan(collection)
    let bytes = try encode(body, plan)
    let salt = try state.random.salt()
    hasWritten = true
    let statement = try hot.sql(plan.update)
    statement.bind(1, blob: salt).bind(2, blob: bytes)
    try plan.bindFields(body, to: statement, from: 3)
    let next = Int32(3 + plan.fields.count)
    statement.bind(next, id).bind(next + 1, version)
    guard try runUnique(statement, id) == 1 else { throw try missed(plan, id, expected: version) }
    note(plan, id: id, version: version + 1, salt: salt, body: bytes)
    return Record(id: id, version: version + 1, body: body)
  }

  package func delete(_ collection: String, _ id: String, version: Int) throws {
    let plan = try plan(collection)
    try hot.requireTransaction()
    hasWritten = true
    guard try SQL(plan.delete, on: db).bind(1, id).bind(2, version).run() == 1 else {
      throw try missed(plan, id, expected: version)
    }
    note(plan, id: id, version: 0, salt: [], body: [])
  }

  /// Runs an insert or update; a taken id or unique index value is the caller's to hear of.
  @discardableResult
  private func runUnique(_ statement: SQL, _ id: String) throws -> Int {
    do {
      return try statement.run()
    } catch {
      guard error.primary == SQLITE_CONSTRAINT else { throw error }
      throw RPCError(
        .alreadyExists, Text("'\(id)' or a unique value of it exists already", zh: "“\(id)”或其唯一值已存在"))
    }
  }

  private func missed(_ plan: CollectionPlan, _ id: String, expected: Int) throws -> RPCError {
    guard let present = try load(plan, id) else {
      return .notFound(plan.compiled.declaration.name, id)
    }
    return RPCError(
      .conflict,
      Text(
        "'\(id)' is at version \(present.version), not \(expected)",
        zh: "“\(id)”的版本是 \(present.version)，不是 \(expected)"),
      details: ["version": .int(present.version)])
  }

  private func encode(_ body: JSONObject, _ plan: CollectionPlan) throws -> [UInt8] {
    if let violation = plan.compiled.schema.validate(.object(body)) {
      throw ModuleFault("\(plan.compiled.fullName): \(violation.pointer): \(violation.message)")
    }
    return JSONValue.object(body).encoded()
  }

  private func note(
    _ plan: CollectionPlan, id: String, version: Int, salt: [UInt8], body: [UInt8]
  ) {
    let name = plan.compiled.fullName
    if plan.compiled.declaration.cached {
      state.cache[CacheKey(collection: name, id: id)] = nil
    }
    let commitment = salt.withUnsafeBytes { salt in
      body.withUnsafeBytes {
        Touched.commitment(salt: salt, collection: name, id: id, version: version, body: $0)
      }
    }
    written.append(Touched(collection: name, id: id, version: version, commitment: commitment))
  }

  package func erase(subject: String) throws -> Int {
    throw RPCError(.unavailable)
  }

  package func next(series: String) throws -> Int {
    hasWritten = true
    return try state.next(series: "\(module.name)/\(series)", on: db)
  }

  package func schedule(
    _ kind: String, subject: String, due: Instant, payload: JSONObject
  ) throws {
    guard module.deadlines[kind] != nil else {
      throw ModuleFault.undeclared("deadline '\(module.name).\(kind)'")
    }
    hasWritten = true
    let statement = try hot.sql(DeadlineTable.set)
    statement.bind(1, "\(module.name).\(kind)").bind(2, subject)
    statement.bind(3, Int(due.milliseconds)).bind(4, Int(due.milliseconds))
    statement.bind(5, blob: JSONValue.object(payload).encoded())
    try statement.run()
    state.deadlineSet(due.milliseconds)
  }

  package func cancel(_ kind: String, subject: String) throws {
    guard module.deadlines[kind] != nil else {
      throw ModuleFault.undeclared("deadline '\(module.name).\(kind)'")
    }
    try hot.requireTransaction()
    hasWritten = true
    try SQL("DELETE FROM deadline WHERE kind = ? AND subject = ?", on: db)
      .bind(1, "\(module.name).\(kind)").bind(2, subject).run()
  }

  package func emit(_ event: String, _ payload: JSONObject) throws {
    guard let kind = module.events[event] else {
      throw ModuleFault.undeclared("event '\(module.name).\(event)'")
    }
    if let violation = kind.payload.validate(.object(payload)) {
      throw ModuleFault("event '\(kind.fullName)': \(violation.pointer): \(violation.message)")
    }
    hasWritten = true
    try state.append(
      event: kind.fullName, payload: JSONValue.object(payload).encoded(), at: context.now, hot)
  }

  override func run(_ target: CompiledMethod, _ params: Params) throws -> JSONValue {
    guard case .write(let handler)? = target.declaration.handler.body.local else {
      return try super.run(target, params)
    }
    return try handler(params, context, self)
  }
}
