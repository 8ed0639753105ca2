import GRDB
import StationAudit
import StationCrypto
import StationKit

extension Store {
  /// Records that one transaction seals at most.
  private static let sealedAtOnce = 200

  /// Brings stored records in line with what their collections declare as personal, before anyone is served:
  /// after an update from the format in which nothing was encrypted, and when a declaration has changed.
  ///
  /// It can be killed at any time and goes on at the next start. Each transaction leaves a record in the log.
  /// - Returns: the log with these records.
  static func sealRecords(
    _ pool: DatabasePool, _ catalog: Catalog, _ log: AuditLog, _ environment: Environment,
    report: @escaping @Sendable (String) -> Void
  ) throws -> AuditLog {
    var log = log
    try pool.writeWithoutTransaction { db in
      for plan in catalog.allPlans { try plan.refuseSealed(on: db) }
      let pending = try catalog.allPlans.filter { try $0.handled(on: db) != $0.handling }
      for plan in pending { log = try sealAll(plan, catalog, log, environment, db) }
      guard try KeyTable.get(.unclean, on: db) != nil else { return }
      report("personal data is encrypted now; writing the database anew, without what was in clear before")
      // Everything is encrypted by now: what SQLite puts in its temporary file is too.
      try db.execute(sql: "PRAGMA temp_store = FILE; VACUUM; PRAGMA temp_store = MEMORY")
      try KeyTable.remove(.unclean, on: db)
      _ = try db.checkpoint(.truncate)
    }
    return log
  }

  /// Records of a collection that can be brought in line while calls wait for the writer.
  private static let sealedWhileServing = 2_000

  /// The same for collections of a module that comes or changes while the daemon serves. On the writer's thread.
  /// - Throws: ``StoreError`` where there are so many records that all other calls would wait.
  static func sealAdopted(
    _ plans: [CollectionPlan], _ catalog: Catalog, _ log: AuditLog, _ environment: Environment, _ db: Database
  ) throws -> AuditLog {
    var log = log
    for plan in plans { try plan.refuseSealed(on: db) }
    for plan in plans where try plan.handled(on: db) != plan.handling {
      guard try plan.keys(after: Int.min, limit: sealedWhileServing + 1, on: db).count <= sealedWhileServing
      else {
        throw StoreError(
          "\(plan.compiled.fullName) declares other personal members or another retention than before, and has"
            + " more than \(sealedWhileServing) records")
      }
      log = try sealAll(plan, catalog, log, environment, db)
    }
    return log
  }

  private static func sealAll(
    _ plan: CollectionPlan, _ catalog: Catalog, _ log: AuditLog, _ environment: Environment, _ db: Database
  ) throws -> AuditLog {
    var log = log
    var last = Int.min
    var isDone = false
    let hot = HotStatements(db)
    let state = WriterState(eventSeq: 0)
    let name = plan.compiled.fullName
    guard let module = catalog.registry.modules[String(name.prefix { $0 != "." })] else { return log }
    while !isDone {
      try db.inTransaction {
        let now = environment.clock.now()
        let cause = environment.ownCause("system.seal")
        let transaction = SQLWriteTransaction(
          db: db, catalog: catalog, module: module,
          context: environment.context(
            environment.systemPrincipal, method: cause.method, now: now, purpose: nil, reason: nil),
          tracksReads: false, state: state, hot: hot)
        let keys = try plan.keys(after: last, limit: sealedAtOnce, on: db)
        for key in keys { try transaction.sealInPlace(plan, row: key) }
        isDone = keys.count < sealedAtOnce
        last = keys.last ?? last
        if !transaction.written.isEmpty {
          try KeyTable.set(.unclean, [1], on: db)
          try log.append(
            cause: cause, at: now, outcome: "ok", written: transaction.written, salts: state.random, hot)
        }
        if isDone { try plan.setHandled(on: db) }
        return .commit
      }
    }
    return log
  }
}

extension CollectionPlan {
  /// What the stored records are brought in line with, as text: another one, and all are looked at again.
  var handling: String {
    let declaration = compiled.declaration
    let retention =
      if case .years(let years, let member) = declaration.retention { "\(years) after \(member)" } else { "" }
    return "personal: \(declaration.personal.sorted().joined(separator: " ")); "
      + "blind: \(fields.filter { $0.type == .blind }.map(\.name).sorted().joined(separator: " ")); "
      + "subject: \(personal?.subjectMember ?? ""); kept: \(retention)"
  }

  /// The member that names the subject, of such a text: empty where a record is its own; nil where it is no such text.
  static func subject(handled text: String) -> Substring? {
    guard let start = text.firstRange(of: "; subject: "), let end = text.firstRange(of: "; kept: "),
      start.upperBound <= end.lowerBound
    else { return nil }
    return text[start.upperBound..<end.lowerBound]
  }

  /// A collection without personal members cannot read what is encrypted.
  fileprivate func refuseSealed(on db: Database) throws {
    guard personal == nil, try db.columns(in: compiled.fullName).contains(where: { $0.name == "sealed" })
    else {
      return
    }
    throw StoreError(
      "\(compiled.fullName) declares no personal members any more, but its records are encrypted: declare at"
        + " least one of them")
  }

  fileprivate func handled(on db: Database) throws -> String? {
    try String.fetchOne(
      db, sql: "SELECT handled FROM collection WHERE name = ?", arguments: [compiled.fullName])
  }

  fileprivate func setHandled(on db: Database) throws {
    try db.execute(
      sql: "UPDATE collection SET handled = ? WHERE name = ?", arguments: [handling, compiled.fullName])
  }

  fileprivate func keys(after key: Int, limit: Int, on db: Database) throws -> [Int] {
    try Int.fetchAll(
      db, sql: "SELECT key FROM \(table) WHERE key > ? ORDER BY key LIMIT ?", arguments: [key, limit])
  }
}

extension SQLWriteTransaction {
  /// Encrypts what is in clear and should not be, fills blind columns, schedules the end of keeping. The
  /// record's version stays: nobody has changed it.
  fileprivate func sealInPlace(_ plan: CollectionPlan, row key: Int) throws {
    let row = try SQL("\(plan.head) FROM \(plan.table) WHERE key = ?", on: db).bind(1, key)
    defer { row.done() }
    guard try row.step() else { return }
    let (id, version) = (row.text(1), row.int(2))
    var record = try unsealed(plan, id, version, row)
    defer { record.body = [:] }
    try scheduleEnd(plan, id, record.body)
    guard let personal = plan.personal, !record.isSealed else { return }
    let subject = personal.subjectMember.flatMap { record.body[$0]?.stringValue } ?? id
    let isNew = record.key == nil
    let subjectKey = try record.key ?? newKey(of: subject, personal)
    let stored = try sealer().seal(record.body, personal, id: id, version: version, key: subjectKey)
    let salt = try state.random.salt()
    let fields = plan.fields.map { ", \(CollectionPlan.column($0)) = ?" }.joined()
    let ownsKey = personal.subjectMember == nil && isNew
    let update = try SQL(
      "UPDATE \(plan.table) SET salt = ?, body = ?, sealed = ?\(fields)\(ownsKey ? ", wrapped = ?" : "")"
        + " WHERE key = ?", on: db)
    update.bind(1, blob: salt).bind(2, blob: stored.body).bind(3, blob: stored.sealed)
    var next = try plan.bindFields(record.body, blind: stored.blind, to: update, from: 4)
    if ownsKey {
      update.bind(next, blob: try sealer().wrap(subjectKey, for: subject, personal))
      next += 1
    }
    try update.bind(next, key).run()
    note(plan, id: id, version: version, salt: salt, stored)
  }

  private struct Found {
    var body: JSONObject
    /// The subject's key, where there is one already.
    let key: Digest32?
    /// Whether exactly what is declared as personal is encrypted.
    let isSealed: Bool
  }

  /// A row in whatever state it is: in clear, or sealed under an older declaration.
  private func unsealed(_ plan: CollectionPlan, _ id: String, _ version: Int, _ row: SQL) throws -> Found {
    guard case .object(var body) = try row.withBlob(4, { try JSONParser.parse($0) }) else {
      throw SQLError(11, "\(plan.compiled.fullName) \(id): the body is not an object")
    }
    guard let personal = plan.personal else { return Found(body: body, key: nil, isSealed: false) }
    let inClear = body.contains { personal.isPersonal($0.key) }
    let key: Digest32?
    if let member = personal.subjectMember {
      key = try body[member]?.stringValue.flatMap { try subjectKey($0, personal) }
    } else {
      key = row.isNull(6) ? nil : try sealer().unwrap(row.blob(6), for: id, personal)
    }
    guard !row.isNull(5) else { return Found(body: body, key: key, isSealed: false) }
    guard let key else {
      // Written back as it is, it would lose what is encrypted.
      throw StoreError(
        "\(plan.compiled.fullName) '\(id)' is encrypted with the key of another subject than its collection"
          + " declares: a collection's subject cannot change while it holds records")
    }
    var (sealed, blind): (Set<String>, Set<String>) = ([], [])
    try row.withBlob(5) { bytes in
      _ = SealedMembers.forEach(bytes) {
        if $0.kind == .member { sealed.insert($0.name) } else { blind.insert($0.name) }
      }
      try sealer().open(bytes, into: &body, personal, id: id, version: version, key: key)
    }
    let wanted = Set(personal.blind.filter { body[$0] != nil && body[$0] != .null })
    return Found(
      body: body, key: key,
      isSealed: !inClear && sealed.isSubset(of: personal.members) && blind == wanted)
  }

  private func newKey(of subject: String, _ plan: PersonalPlan) throws -> Digest32 {
    guard plan.subjectMember != nil else { return try sealer().newKey() }
    return try sharedKey(of: .string(subject), plan)
  }
}
