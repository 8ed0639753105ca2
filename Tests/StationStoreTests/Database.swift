import Foundation
import GRDB
import StationStore

/// What somebody with access to the file does to a database that no daemon serves.
struct Tampering {
  let directory: TemporaryDirectory
  var path: String { directory.file("stationd.db") }

  /// Runs SQL behind the store's back. The database must not be open.
  func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { db in try db.execute(sql: sql, arguments: arguments) }
    try queue.close()
  }

  func value<T: DatabaseValueConvertible>(_ sql: String, as type: T.Type = T.self) throws -> T? {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in try T.fetchOne(db, sql: sql) }
  }

  /// Every file of the state with its content.
  func bytes() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
      files[name] = FileManager.default.contents(atPath: directory.file(name)) ?? Data()
    }
    return files
  }

  /// All but what has no content of its own: locks, the log's index, and a log that is as good as none.
  func lasting() throws -> [String: Data] {
    try bytes().filter { name, content in
      !["stationd.lock", "stationd.db-shm"].contains(name) && !(name == "stationd.db-wal" && content.isEmpty)
    }
  }
}
