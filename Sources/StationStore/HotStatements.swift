import GRDB
import GRDBSQLite
import Synchronization

/// The text of a statement that runs in nearly every call, with its place in ``HotStatements``.
struct HotSQL: Sendable {
  let text: String
  let slot: Int
  private static let slots = Atomic<Int>(0)

  init(_ text: String) {
    self.text = text
    slot = Self.slots.add(1, ordering: .relaxed).oldValue
  }
}

/// The writer's compiled hot statements: found by their place, without hashing their text each time.
final class HotStatements {
  private let db: Database
  private var statements: [Statement?] = []

  init(_ db: Database) { self.db = db }

  /// SQLite undoes the whole transaction by itself after some failures (a full disk, an I/O error). Where a
  /// handler has let such an error pass, what it writes next would be committed on its own, without a record.
  func requireTransaction() throws(SQLError) {
    guard sqlite3_get_autocommit(db.sqliteConnection) == 0 else {
      throw SQLError(SQLITE_ABORT, "the transaction was undone after a failure")
    }
  }

  /// The statement, ready to be bound.
  func sql(_ hot: HotSQL) throws -> SQL {
    try requireTransaction()
    if hot.slot < statements.count, let statement = statements[hot.slot] {
      return SQL(ready: statement)
    }
    while statements.count <= hot.slot { statements.append(nil) }
    let statement = try db.makeStatement(sql: hot.text)
    statements[hot.slot] = statement
    return SQL(ready: statement)
  }
}
