import GRDB
import GRDBSQLite
import StationAudit
import StationCrypto
import StationKit

/// A module's read-write view: it runs on the writer's thread, inside the batch's transaction.
package final class SQLWriteTransaction: SQLReadTransaction, Transaction {
  let state: WriterState
  let hot: HotStatements
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
      db: db, catalog: catalog, module: module, context: context, tracksReads: tracksReads, keys: nil)
  }

  /// From when the keeping of the records is counted that this call has read.
  var ends: [CacheKey: JSONValue] = [:]

  override var keepsKeys: Bool { true }

  override func record(_ plan: CollectionPlan, id: String, _ row: SQL) throws -> Record {
    let record = try super.record(plan, id: id, row)
    if let rule = plan.retention {
      ends[CacheKey(collection: plan.compiled.fullName, id: id)] = record[rule.member] ?? .null
    }
    return record
  }

  /// Whether the call has read or written a record with personal members.
  private(set) var hasPersonal = false

  override func sealer() throws -> Sealer {
    hasPersonal = true
    return try state.sealer(catalog.vault)
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
    try check(body, plan)
    let (stored, wrapped) = try newlySealed(body, plan, id)
    let salt = try state.random.salt()
    hasWritten = true
    let statement = try hot.sql(plan.insert)
    statement.bind(1, id).bind(2, blob: salt).bind(3, blob: stored.body)
    if plan.personal != nil { statement.bind(4, blob: stored.sealed) }
    let next = try plan.bindFields(body, blind: stored.blind, to: statement, from: plan.firstField)
    if let wrapped { statement.bind(next, blob: wrapped) }
    try runUnique(statement, id)
    if let rule = plan.retention, rule.isSet(in: body) { try scheduleEnd(plan, id, body) }
    note(plan, id: id, version: 1, salt: salt, stored)
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
    try check(body, plan)
    let stored = try sealedAgain(body, plan, id, version)
    let salt = try state.random.salt()
    hasWritten = true
    let statement = try hot.sql(plan.update)
    statement.bind(1, blob: salt).bind(2, blob: stored.body)
    if plan.personal != nil { statement.bind(3, blob: stored.sealed) }
    let next = try plan.bindFields(body, blind: stored.blind, to: statement, from: plan.firstField - 1)
    statement.bind(next, id).bind(next + 1, version)
    if let member = plan.personal?.subjectMember { statement.bind(next + 2, body[member]?.stringValue ?? "") }
    guard try runUnique(statement, id) == 1 else { throw try missed(plan, id, expected: version) }
    try moveEnd(plan, id, body)
    note(plan, id: id, version: version + 1, salt: salt, stored)
    return Record(id: id, version: version + 1, body: body)
  }

  package func delete(_ collection: String, _ id: String, version: Int) throws {
    let plan = try plan(collection)
    try hot.requireTransaction()
    try remove(plan, id, version: version)
  }

  /// Runs an insert or update; a taken id or unique index value is the caller's to hear of.
  @discardableResult
  private func runUnique(_ statement: SQL, _ id: String) throws -> Int {
    do {
      return try statement.run()
    } catch {
      guard error.primary == SQLITE_CONSTRAINT else { throw error }
      throw RPCError.exists(id)
    }
  }

  func missed(_ plan: CollectionPlan, _ id: String, expected: Int) throws -> RPCError {
    guard let present = try load(plan, id) else {
      return .notFound(plan.compiled.declaration.name, id)
    }
    guard present.version != expected else {
      throw ModuleFault("\(plan.compiled.fullName): a put changes the subject")
    }
    return .conflict(id, version: present.version, expected: expected)
  }

  private func check(_ body: JSONObject, _ plan: CollectionPlan) throws {
    if let violation = plan.compiled.schema.validate(.object(body)) {
      throw ModuleFault("\(plan.compiled.fullName): \(violation.pointer): \(violation.message)")
    }
  }

  func note(
    _ plan: CollectionPlan, id: String, version: Int, salt: [UInt8], _ stored: Sealer.Stored
  ) {
    let name = plan.compiled.fullName
    state.forget(plan, id: id, of: module)
    let commitment = salt.withUnsafeBytes { salt in
      stored.body.withUnsafeBytes { body in
        stored.sealed.withUnsafeBytes { sealed in
          RecordCommitment.digest(
            salt: salt, collection: name, id: id, version: version, body: body,
            sealed: sealed.isEmpty ? nil : sealed)
        }
      }
    }
    written.append(Touched(collection: name, id: id, version: version, commitment: commitment))
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
    try Deadline.check(subject: subject)
    hasWritten = true
    try DeadlineTable.set(
      "\(module.name).\(kind)", subject, due: due, payload: JSONValue.object(payload).encoded(), hot)
    state.deadlineSet(due.milliseconds)
  }

  package func cancel(_ kind: String, subject: String) throws {
    guard module.deadlines[kind] != nil else {
      throw ModuleFault.undeclared("deadline '\(module.name).\(kind)'")
    }
    try hot.requireTransaction()
    hasWritten = true
    try DeadlineTable.remove("\(module.name).\(kind)", subject, on: db)
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

  override package func call(_ method: String, _ params: JSONObject) throws -> JSONValue {
    // What a disclosing call reads stands in its record: then the method runs.
    guard !tracksReads, module.calls.contains(method), let kept = state.steady.find(method, params) else {
      return try super.call(method, params)
    }
    via.append(method)
    return kept
  }

  override func run(_ target: CompiledMethod, _ params: Params) throws -> JSONValue {
    if case .write(let handler)? = target.declaration.handler.body.local {
      return try handler(params, context, self)
    }
    let calls = via.count
    let answer = try super.run(target, params)
    if target.declaration.isSteady, via.count == calls {
      state.steady.keep(answer, of: target.fullName, params.object)
    }
    return answer
  }
}
