import GRDB
import StationKit

extension SQLWriteTransaction {
  package func erase(subject: String) throws -> Int { try erase(subject: subject, of: module) }

  /// Erases a subject of any module; for the daemon's own methods.
  func erase(subject: String, of module: CompiledModule) throws -> Int {
    try hot.requireTransaction()
    hasWritten = true
    var erased = 0
    for plan in catalog.plans(of: module.name) {
      guard let personal = plan.personal else { continue }
      for (id, version) in try records(of: subject, plan, personal) {
        try remove(plan, id, version: version)
        erased += 1
      }
    }
    try SubjectKeyTable.delete(module.name, subject, on: db)
    subjectKeys[CacheKey(collection: module.name, id: subject)] = nil
    try noteErasure()
    return erased
  }

  /// Whether a module has any record with personal members of a subject.
  func keeps(subject: String, of module: CompiledModule) throws -> Bool {
    try catalog.plans(of: module.name).contains { plan in
      try plan.personal.map { try !records(of: subject, plan, $0).isEmpty } ?? false
    }
  }

  /// Ids and versions, without a look at content: what cannot be decrypted any more can still be erased.
  private func records(
    of subject: String, _ plan: CollectionPlan, _ personal: PersonalPlan
  ) throws -> [(String, Int)] {
    let column = personal.subjectMember.map { plan.column($0) } ?? "id"
    let statement = try SQL("SELECT id, version FROM \(plan.table) WHERE \(column) = ?", on: db)
    statement.bind(1, subject)
    defer { statement.done() }
    var found: [(String, Int)] = []
    while try statement.step() { found.append((statement.text(0), statement.int(1))) }
    return found
  }

  /// Removes a record with all that is kept of it.
  func remove(_ plan: CollectionPlan, _ id: String, version: Int) throws {
    hasWritten = true
    let subject = try sharedSubject(plan, id)
    guard try SQL(plan.delete, on: db).bind(1, id).bind(2, version).run() == 1 else {
      throw try missed(plan, id, expected: version)
    }
    ends[CacheKey(collection: plan.compiled.fullName, id: id)] = nil
    if let rule = plan.retention { try DeadlineTable.remove(rule.deadline, id, on: db) }
    if plan.personal != nil {
      subjectKeys[CacheKey(collection: plan.compiled.fullName, id: id)] = nil
      try noteErasure()
    }
    if let subject { try removeKey(of: subject, unlessUsedIn: plan) }
    note(plan, id: id, version: 0, salt: [], Sealer.Stored())
  }

  /// The subject of a record that shares its key with others.
  private func sharedSubject(_ plan: CollectionPlan, _ id: String) throws -> String? {
    guard let member = plan.personal?.subjectMember else { return nil }
    let statement = try SQL("SELECT \(plan.column(member)) FROM \(plan.table) WHERE id = ?", on: db)
    defer { statement.done() }
    return try statement.bind(1, id).step() ? statement.text(0) : nil
  }

  /// A key goes with the last record under it.
  private func removeKey(of subject: String, unlessUsedIn plan: CollectionPlan) throws {
    let module = String(plan.compiled.fullName.prefix { $0 != "." })
    for other in catalog.plans(of: module) {
      guard let member = other.personal?.subjectMember else { continue }
      let statement = try SQL(
        "SELECT 1 FROM \(other.table) WHERE \(other.column(member)) = ? LIMIT 1", on: db)
      defer { statement.done() }
      if try statement.bind(1, subject).step() { return }
    }
    try SubjectKeyTable.delete(module, subject, on: db)
    subjectKeys[CacheKey(collection: module, id: subject)] = nil
  }

  /// First results that hold personal data are forgotten with any erasure: they do not say whose it is.
  private func noteErasure() throws {
    state.hasErased = true
    try IdempotencyTable.forgetPersonal(on: db)
  }
}

extension Transaction {
  /// Erases a subject of another module; for the daemon's own methods.
  package func erase(subject: String, ofModule name: String) throws -> Int {
    let (transaction, module) = try module(name)
    return try transaction.erase(subject: subject, of: module)
  }

  /// Whether another module has anything of a subject; for the daemon's own methods.
  package func keeps(subject: String, ofModule name: String) throws -> Bool {
    let (transaction, module) = try module(name)
    return try transaction.keeps(subject: subject, of: module)
  }

  private func module(_ name: String) throws -> (SQLWriteTransaction, CompiledModule) {
    guard let transaction = self as? SQLWriteTransaction,
      let module = transaction.catalog.registry.modules[name]
    else { throw RPCError(.unavailable) }
    return (transaction, module)
  }

  /// Whether a module erases by a method of its own, with what has to come before and after.
  package func erasesByItself(module: String) -> Bool {
    (self as? SQLWriteTransaction)?.catalog.registry.methods["\(module).erase"] != nil
  }

  /// Whether a module has collections with personal members.
  package func keepsPersonalData(module: String) -> Bool {
    guard let transaction = self as? SQLWriteTransaction else { return false }
    return transaction.catalog.plans(of: module).contains { $0.personal != nil }
  }
}
