import GRDB
import StationCrypto
import StationKit
import Synchronization

/// Brings all wrapped keys under a new master key, a bounded number at a time, while calls go on.
///
/// What is to be done stands in the database: each wrapped key names its master key, and `KeyTable` which one is
/// left behind. So it goes on after a crash, and doing a step twice does nothing.
package final class Rotation: Sendable {
  package struct Status: Sendable, Equatable {
    /// The ids of the master keys; `former` only while something may be wrapped with it.
    package var current = ""
    package var former: String?
    /// Since the rotation began, or since the start of the daemon that goes on with it.
    package var rewrapped = 0
    /// Keys that do not authenticate under the former master key: their data is lost in any case.
    package var failed = 0
  }

  struct Position {
    var table = ""
    var row = Int.min
    var subject = ("", "")
    var hasTables = true
    var rewrapped = 0
    var failed = 0
  }

  /// Keys that one step rewraps at most: about two milliseconds of the writer's time.
  static let keysPerStep = 256

  private let vault: Vault
  private let position = Mutex(Position())

  init(_ vault: Vault) { self.vault = vault }

  package var status: Status {
    let (keys, position) = (vault.keys, position.withLock { $0 })
    return Status(
      current: keys.current?.name ?? "", former: keys.former.first?.name, rewrapped: position.rewrapped,
      failed: position.failed)
  }

  /// Goes on until nothing is left to do.
  func run(_ store: Store) {
    let step = WriteJob(
      cause: .unrecorded,
      work: .upkeep { [self] in try self.step($0) ? [1] : [] },
      done: { [weak store] answer in
        switch answer {
        case .success(let more) where more.isEmpty: break
        // What it did is stored; only the keys of before are still in the write-ahead log, because of a reader.
        case .success, .failure(Wiper.pending):
          if let store { self.run(store) }
        case .failure:
          store?.report("rotating the master key stopped; it goes on at the next start or call of key.rotate")
        }
      })
    store.write(step)
  }

  /// In the transaction of the call that asks for it. The vault follows with the first step: what is undone here
  /// must not stay in memory.
  func begin(with master: MasterKey, from path: String, on db: Database) throws {
    let keys = vault.keys
    guard let current = keys.current, keys.former.isEmpty, try KeyTable.id(.former, on: db) == nil else {
      throw RPCError(.wrongState, Text("A rotation is under way already", zh: "密钥轮换正在进行"))
    }
    guard current.id != master.id, let index = try KeyTable.get(.index, on: db) else {
      throw RPCError(.alreadyExists, Text("This is the present master key", zh: "这就是现用主密钥"), pointer: "/file")
    }
    let key = try Sealer(vault).unwrapIndex(index)
    let next = Vault(health: HealthBoard())
    next.set(Vault.Keys(current: master))
    try KeyTable.set(.index, try Sealer(next).wrapIndex(key), on: db)
    try KeyTable.set(.former, id: current.id, on: db)
    try KeyTable.set(.master, id: master.id, on: db)
    try KeyTable.set(.path, Array(path.utf8), on: db)
    vault.offer(master)
    position.withLock { $0 = Position() }
  }

  /// One step. Returns whether there is more to do.
  private func step(_ upkeep: Upkeep) throws -> Bool {
    let db = upkeep.db
    guard let former = try KeyTable.id(.former, on: db) else {
      vault.forgetFormer()
      return false
    }
    guard let current = try KeyTable.id(.master, on: db), vault.turn(to: current, from: former) else {
      throw SealError("the master keys of the rotation are not there")
    }
    var position = position.withLock { $0 }
    let sealer = try upkeep.state.sealer(vault)
    if position.hasTables {
      try rewrapRecords(&position, sealer, db)
    } else if try rewrapSubjects(&position, sealer, db) {
      if position.failed == 0 {
        try KeyTable.remove(.former, on: db)
        // The wrapped keys of before go from the write-ahead log too.
        upkeep.state.hasErased = true
      } else {
        throw SealError("\(position.failed) keys do not authenticate: the former master key stays in use")
      }
    }
    let reached = position
    self.position.withLock { $0 = reached }
    return true
  }

  /// One table's next keys; those of modules that are switched off too.
  private func rewrapRecords(_ position: inout Position, _ sealer: Sealer, _ db: Database) throws {
    if position.table.isEmpty || position.row == Int.max {
      guard let next = try Self.table(after: position.table, on: db) else {
        position.hasTables = false
        return
      }
      (position.table, position.row) = (next, Int.min)
    }
    let rows = try SQL(
      "SELECT key, id, wrapped FROM \"\(position.table)\" WHERE key > ? ORDER BY key LIMIT ?", on: db)
    rows.bind(1, position.row).bind(2, Self.keysPerStep)
    var found: [(key: Int, id: String, wrapped: [UInt8])] = []
    while try rows.step() { found.append((rows.int(0), rows.text(1), rows.blob(2))) }
    let update = try SQL("UPDATE \"\(position.table)\" SET wrapped = ? WHERE key = ?", on: db)
    for row in found where !row.wrapped.isEmpty {
      if let wrapped = rewrap(row.wrapped, position.table, row.id, &position, sealer) {
        try update.bind(1, blob: wrapped).bind(2, row.key).run()
      }
    }
    position.row = found.count < Self.keysPerStep ? Int.max : found.last?.key ?? Int.max
  }

  /// Returns whether these were the last.
  private func rewrapSubjects(_ position: inout Position, _ sealer: Sealer, _ db: Database) throws -> Bool {
    let rows = try SQL(
      """
      SELECT module, subject, wrapped FROM subject_key WHERE (module, subject) > (?, ?)
      ORDER BY module, subject LIMIT ?
      """, on: db)
    rows.bind(1, position.subject.0).bind(2, position.subject.1).bind(3, Self.keysPerStep)
    var found: [(module: String, subject: String, wrapped: [UInt8])] = []
    while try rows.step() { found.append((rows.text(0), rows.text(1), rows.blob(2))) }
    let update = try SQL("UPDATE subject_key SET wrapped = ? WHERE module = ? AND subject = ?", on: db)
    for row in found {
      if let wrapped = rewrap(row.wrapped, row.module, row.subject, &position, sealer) {
        try update.bind(1, blob: wrapped).bind(2, row.module).bind(3, row.subject).run()
      }
    }
    if let last = found.last { position.subject = (last.module, last.subject) }
    return found.count < Self.keysPerStep
  }

  private func rewrap(
    _ wrapped: [UInt8], _ owner: String, _ subject: String, _ position: inout Position, _ sealer: Sealer
  ) -> [UInt8]? {
    do {
      guard let again = try sealer.rewrap(wrapped, owner: owner, subject: subject) else { return nil }
      position.rewrapped += 1
      return again
    } catch {
      position.failed += 1
      return nil
    }
  }

  /// Tables whose records have keys of their own, in the order of their names.
  private static func table(after name: String, on db: Database) throws -> String? {
    let statement = try SQL(
      """
      SELECT name FROM sqlite_schema AS t WHERE type = 'table' AND instr(name, '.') > 0 AND name > ?
        AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'wrapped')
      ORDER BY name LIMIT 1
      """, on: db)
    defer { statement.done() }
    return try statement.bind(1, name).step() ? statement.text(0) : nil
  }
}

/// What work of the store's own sees of the batch that it runs in.
package struct Upkeep {
  let db: Database
  let state: WriterState
}

extension Transaction {
  /// Begins to bring all keys under another master key; for the daemon's own methods. The caller's transaction
  /// records it; ``Store/continueRotation()`` goes on after it.
  /// - Throws: `invalid_params` where the file holds no key that may be used.
  package func beginRotation(to path: String, _ store: Store) throws {
    guard let transaction = self as? SQLWriteTransaction else { throw RPCError(.unavailable) }
    let master: MasterKey
    do {
      master = try MasterKey.load(path)
    } catch {
      throw RPCError.invalid(
        Text("No usable master key there: \(error)", zh: "该处没有可用的主密钥：\(error)"), pointer: "/file")
    }
    transaction.hasWritten = true
    try store.rotation.begin(with: master, from: path, on: transaction.db)
  }
}

extension Store {
  /// Goes on with a rotation that is under way; does nothing where there is none.
  package func continueRotation() { rotation.run(self) }
}
