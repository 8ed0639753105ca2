import GRDB
import StationStore
import Testing

@Suite struct SettingsTests {
  /// A connection with all that must hold, but for what is spoiled.
  private func connection(
    _ directory: TemporaryDirectory, spoiled sql: String = "SELECT 1", isPrepared: Bool = true
  ) throws -> DatabaseQueue {
    var configuration = Configuration()
    if isPrepared { configuration.prepareDatabase { try Settings.prepare($0) } }
    let queue = try DatabaseQueue(path: directory.file("settings.db"), configuration: configuration)
    try queue.writeWithoutTransaction { db in
      if !isPrepared {
        try db.execute(
          sql: "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA recursive_triggers = ON")
      }
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try Settings.prepareWriter(db, synchronous: "NORMAL")
      try db.execute(sql: sql)
    }
    return queue
  }

  @Test func `a connection as it is prepared is as it must be, the writer's and a reader's`() throws {
    let directory = try TemporaryDirectory()
    try connection(directory).writeWithoutTransaction { try Settings.assertLive($0, synchronous: "NORMAL") }
    var configuration = Configuration()
    configuration.prepareDatabase { try Settings.prepare($0) }
    let pool = try DatabasePool(path: directory.file("settings.db"), configuration: configuration)
    try pool.read { try Settings.assertLive($0) }
    try pool.close()
  }

  @Test(arguments: [
    "journal_mode = DELETE", "synchronous = OFF", "wal_autocheckpoint = 1000", "secure_delete = OFF",
    "secure_delete = FAST", "foreign_keys = OFF", "trusted_schema = ON", "recursive_triggers = OFF",
  ])
  func `a setting that is not live is named`(setting: String) throws {
    let queue = try connection(try TemporaryDirectory(), spoiled: "PRAGMA \(setting)")
    let error = #expect(throws: SettingsError.self) {
      try queue.writeWithoutTransaction { try Settings.assertLive($0, synchronous: "NORMAL") }
    }
    let name = setting.prefix { $0 != " " }
    #expect(error?.description.contains("PRAGMA \(name) is") == true, "\(error?.description ?? "")")
  }

  @Test func `a connection that SQLite does not defend is named`() throws {
    let queue = try connection(try TemporaryDirectory(), isPrepared: false)
    let error = #expect(throws: SettingsError.self) {
      try queue.writeWithoutTransaction { try Settings.assertLive($0) }
    }
    #expect(error?.description.contains("SQLITE_DBCONFIG_DEFENSIVE") == true)
  }
}
