import GRDB
import GRDBSQLite
import StationKit

/// Removes from the write-ahead log what was erased. Used by the writer's thread.
///
/// A commit overwrites what it erases in the pages that it changes; older copies of these pages are in the log
/// until all of it was moved into the database and its file cut to nothing. A reader with an older snapshot
/// holds that back. That it is still to do is stored with the erasure, so that a crash does not forget it.
struct Wiper {
  /// How long the callers of an erasure wait for readers; later attempts hold nobody up.
  static let patience: Int32 = 2_000
  private static let retryPatience: Int32 = 50
  private static let retryAfter: UInt64 = 500_000_000
  /// Monotonic; nil when nothing is pending.
  private(set) var retryAt: UInt64?

  /// What answers an erasure that is stored and not wiped yet.
  static let pending = RPCError(
    .wipePending,
    Text("Erased and recorded; a last copy goes as soon as readers let it", zh: "已删除并记录；最后的副本将在读取结束后清除"))

  /// In the transaction that erases.
  static func note(on db: Database) throws { try KeyTable.set(.unwiped, [1], on: db) }

  /// After its commit, and again until it is done.
  mutating func run(_ db: Database, health: HealthBoard) throws {
    let isRetry = retryAt != nil
    retryAt = Monotonic.now() + Self.retryAfter
    let isDone = try Self.truncate(db, patience: isRetry ? Self.retryPatience : Self.patience)
    if isDone {
      try KeyTable.remove(.unwiped, on: db)
      retryAt = nil
    }
    health.wipe(isPending: !isDone)
  }

  /// At the start, before there are readers.
  static func finish(_ db: Database) throws {
    guard try KeyTable.get(.unwiped, on: db) != nil else { return }
    guard try truncate(db, patience: patience) else {
      throw StoreError("somebody else reads the database: erased content cannot be wiped from its log")
    }
    try KeyTable.remove(.unwiped, on: db)
  }

  private static func truncate(_ db: Database, patience: Int32) throws -> Bool {
    let connection = db.sqliteConnection
    sqlite3_busy_timeout(connection, patience)
    defer { sqlite3_busy_timeout(connection, 5_000) }
    let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    guard code == SQLITE_OK || code == SQLITE_BUSY else { throw SQLError(code, of: connection) }
    return code == SQLITE_OK
  }
}
