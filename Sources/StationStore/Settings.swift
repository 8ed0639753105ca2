import CStationSQLite
import GRDB
import GRDBSQLite

/// SQLite's settings that durability and safety rest on: set, then read back from the live connection.
package enum Settings {
  /// Nobody writes to the schema's own tables; no trigger and no view, of which the store has none, runs.
  private static let switches: [(name: String, option: Int32, isOn: Bool)] = [
    ("DEFENSIVE", SQLITE_DBCONFIG_DEFENSIVE, true),
    ("ENABLE_TRIGGER", SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
    ("ENABLE_VIEW", SQLITE_DBCONFIG_ENABLE_VIEW, false),
  ]

  /// For every connection, before it is used.
  package static func prepare(_ db: Database) throws {
    try db.execute(
      sql: """
        PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
        PRAGMA recursive_triggers = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096;
        """)
    guard let connection = db.sqliteConnection else { throw SettingsError("no connection") }
    for one in switches {
      _ = station_sqlite_switch(UnsafeMutableRawPointer(connection), one.option, one.isOn ? 1 : 0)
    }
    try assertLive(db)
  }

  /// For the writer, after GRDB has opened it: GRDB itself lowers `synchronous` to NORMAL.
  package static func prepareWriter(_ db: Database, synchronous: String) throws {
    // SQLite walks the cache's whole table of pages at most commits (balancing gives a page a high number
    // for a moment): a larger cache costs every commit more than it saves.
    try db.execute(sql: "PRAGMA synchronous = \(synchronous); PRAGMA cache_size = -8192")
    try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
    // What is erased is overwritten, in the rows' own pages and in pages that become free.
    try db.execute(sql: "PRAGMA secure_delete = ON")
    guard synchronous == "FULL" else { return }
    guard let connection = db.sqliteConnection,
      station_vfs_gather(UnsafeMutableRawPointer(connection)) == 0
    else { throw SettingsError("the write-ahead log is not in the store's own file layer") }
  }

  /// Reads back what holds for every connection.
  /// - Throws: ``SettingsError`` naming the first that is not what it must be.
  package static func assertLive(_ db: Database) throws {
    try expect(
      [
        ("foreign_keys", 1.databaseValue), ("trusted_schema", 0.databaseValue),
        ("recursive_triggers", 1.databaseValue),
      ], of: db)
    guard let connection = db.sqliteConnection else { throw SettingsError("no connection") }
    for (name, option, isOn) in switches {
      guard station_sqlite_switch(UnsafeMutableRawPointer(connection), option, -1) == (isOn ? 1 : 0) else {
        throw SettingsError("SQLITE_DBCONFIG_\(name) is \(isOn ? "off, must be on" : "on, must be off")")
      }
    }
  }

  /// The same for the writer, with what holds for it alone.
  package static func assertLive(_ db: Database, synchronous: String) throws {
    let levels = ["OFF": 0, "NORMAL": 1, "FULL": 2, "EXTRA": 3]
    try assertLive(db)
    try expect(
      [
        ("journal_mode", "wal".databaseValue), ("synchronous", (levels[synchronous] ?? 2).databaseValue),
        ("wal_autocheckpoint", 0.databaseValue), ("secure_delete", 1.databaseValue),
      ], of: db)
  }

  private static func expect(_ settings: [(pragma: String, value: DatabaseValue)], of db: Database) throws {
    for (pragma, value) in settings {
      let live = try DatabaseValue.fetchOne(db, sql: "PRAGMA \(pragma)")
      guard live == value else {
        throw SettingsError("PRAGMA \(pragma) is \(live ?? .null), must be \(value)")
      }
    }
  }
}

/// A setting that is not what it must be; the store does not open.
package struct SettingsError: Error, CustomStringConvertible {
  package let description: String
  init(_ text: String) { description = "the database's settings are wrong: \(text)" }
}
