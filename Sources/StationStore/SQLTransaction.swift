import GRDB
import StationAudit
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
  private let keys: Vault.Keys?

  /// - Parameter keys: the vault's from before the snapshot; nil on the writer's thread, which alone changes them.
  init(
    db: Database, catalog: Catalog, module: CompiledModule, context: CallContext, tracksReads: Bool,
    keys: Vault.Keys?
  ) {
    self.keys = keys
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
    let record = try record(plan, id: id, statement)
    disclose(plan, record, statement)
    return record
  }

  /// The record of a row that was read with the plan's `head`.
  func record(_ plan: CollectionPlan, id: String, _ row: SQL) throws -> Record {
    let version = row.int(2)
    let value = try row.withBlob(4) { try JSONParser.parse($0) }
    guard case .object(var object) = value else {
      throw SQLError(11, "\(plan.compiled.fullName) \(id): the body is not an object")
    }
    if let personal = plan.personal {
      let key = try key(of: id, object, personal, row)
      try row.withBlob(5) {
        try sealer().open($0, into: &object, personal, id: id, version: version, key: key)
      }
    }
    return Record(id: id, version: version, body: object)
  }

  /// What of a list could not be opened: the first of it, for the daemon's log.
  private(set) var unreadable: SealError?

  /// The record of a row of a list. One that cannot be opened must not keep the others from who asks for nothing
  /// personal: of that, it has null then.
  private func listed(_ plan: CollectionPlan, _ row: SQL) throws -> Record {
    let id = row.text(1)
    do {
      return try record(plan, id: id, row)
    } catch let error as SealError where !tracksReads && !keepsKeys {
      guard case .object(var object) = try row.withBlob(4, { try JSONParser.parse($0) }) else { throw error }
      for member in plan.personal?.members ?? [] { object[member] = .null }
      unreadable = unreadable ?? error
      return Record(id: id, version: row.int(2), body: object)
    }
  }

  /// Notes what a method that discloses personal data has read.
  private func disclose(_ plan: CollectionPlan, _ record: Record, _ row: SQL) {
    guard tracksReads else { return }
    let name = plan.compiled.fullName
    let commitment = row.withBlob(3) { salt in
      row.withBlob(4) { body in
        row.withSealed(plan) {
          RecordCommitment.digest(
            salt: salt, collection: name, id: record.id, version: record.version, body: body, sealed: $0)
        }
      }
    }
    disclosed.append(
      Touched(collection: name, id: record.id, version: record.version, commitment: commitment))
  }

  // MARK: - Keys

  private var ownSealer: Sealer?

  /// What decrypts for this transaction.
  func sealer() throws -> Sealer {
    if let ownSealer { return ownSealer }
    let made = try Sealer(catalog.vault, earlier: keys)
    ownSealer = made
    return made
  }

  /// Whether what is read may be written again in this transaction, under the same keys.
  var keepsKeys: Bool { false }

  /// Keys of subjects that several records share, by module and subject; of records, by collection and id.
  var subjectKeys: [CacheKey: Digest32] = [:]

  /// The key of a row's subject.
  private func key(
    of id: String, _ body: JSONObject, _ plan: PersonalPlan, _ row: SQL
  ) throws -> Digest32 {
    guard let member = plan.subjectMember else {
      let key = try sealer().unwrap(row.blob(6), for: id, plan)
      if keepsKeys { subjectKeys[CacheKey(collection: plan.collection, id: id)] = key }
      return key
    }
    guard let subject = body[member]?.stringValue, let key = try subjectKey(subject, plan) else {
      throw catalog.vault.unreadable("\(plan.collection) '\(id)': its subject has no key")
    }
    return key
  }

  /// The stored key of a subject that several records share; nil when there is none.
  func subjectKey(_ subject: String, _ plan: PersonalPlan) throws -> Digest32? {
    let place = CacheKey(collection: plan.module, id: subject)
    if let key = subjectKeys[place] { return key }
    guard let wrapped = try SubjectKeyTable.find(plan.module, subject, on: db) else { return nil }
    let key = try sealer().unwrap(wrapped, for: subject, plan)
    subjectKeys[place] = key
    return key
  }

  package func query(_ query: Query) throws -> Page {
    let plan = try plan(query.collection)
    let walk = try QueryWalk(query, plan, self)
    let end = try walk.end(on: db)
    let statement = try SQL(walk.page(selecting: plan.head, until: end), on: db)
    walk.bind(statement, withCursor: true, until: end)
    defer { statement.done() }
    var records: [Record] = []
    var places: [Query.Place] = []
    func page(_ end: Query.Place?) -> Page {
      Page(records: records, next: end.map(Cursor.text), places: places, end: end)
    }
    while try statement.step() {
      if records.count == query.limit, walk.blind.isEmpty { return page(places.last) }
      let record = try listed(plan, statement)
      // Another value can have the same digest.
      guard walk.isMeant(record) else { continue }
      if records.count == query.limit { return page(places.last) }
      disclose(plan, record, statement)
      records.append(record)
      places.append(walk.place(at: statement, key: 0, firstColumn: plan.width))
    }
    return page(end)
  }

  package func count(_ query: Query) throws -> Int {
    let plan = try plan(query.collection)
    let walk = try QueryWalk(query, plan, self)
    let counts = walk.blind.isEmpty
    let statement = try SQL(
      walk.all(selecting: counts ? "SELECT count(*)" : plan.head, ordered: false), on: db)
    walk.bind(statement, withCursor: false)
    defer { statement.done() }
    if counts { return try statement.step() ? statement.int(0) : 0 }
    var count = 0
    while try statement.step() {
      if walk.isMeant(try record(plan, id: statement.text(1), statement)) { count += 1 }
    }
    return count
  }

  package func forEach(
    _ query: Query, columns: [String], _ body: ([IndexValue]) throws -> Void
  ) throws {
    let plan = try plan(query.collection)
    let walk = try QueryWalk(query, plan, self)
    guard walk.blind.isEmpty else {
      throw ModuleFault("\(plan.compiled.fullName): no walk over the columns of a blind field")
    }
    let names = Set(plan.fields.filter { $0.type != .blind }.map(\.name))
    for column in columns where !names.contains(column) {
      throw ModuleFault.undeclared("field '\(column)' of \(plan.compiled.fullName)")
    }
    let list = columns.map { plan.column($0) }.joined(separator: ", ")
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
    // What is disclosed is in the record of a call whose method says that it discloses: no other may pass it on.
    guard !target.declaration.disclosesPersonalData || discloses(context.method) else {
      throw ModuleFault(
        "'\(context.method)' does not say that it discloses personal data, and called '\(method)'")
    }
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

  private func discloses(_ method: String) -> Bool {
    catalog.registry.methods[method]?.declaration.disclosesPersonalData ?? false
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
      purpose: purpose, reason: reason, lateBefore: lateBefore)
  }
}

extension SQL {
  /// The column of ciphertexts of a row that was read with the plan's `head`; nil where nothing is personal.
  func withSealed<R>(_ plan: CollectionPlan, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
    plan.personal == nil ? try body(nil) : try withBlob(5) { try body($0) }
  }

  func value(_ column: Int32) -> IndexValue {
    switch columnType(column) {
    case .integer: .integer(int(column))
    case .text: .text(text(column))
    case .null: .null
    }
  }
}
