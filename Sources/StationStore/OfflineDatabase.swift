import CStationSQLite
import GRDBSQLite
import Glibc

/// A database that nobody serves, opened so that not a byte of it, its WAL or its directory changes.
///
/// SQLite's usual read-only open makes a `-shm` file where there is none, and cannot do without on a medium
/// that is not writable. Without a WAL the file is immutable. With one, the VFS without locks and exclusive
/// mode keep the WAL's index in memory; the database's descriptor is read-only, so that no checkpoint can
/// reach it. Both are safe only because the daemon's own lock is held meanwhile.
final class OfflineDatabase {
  private let connection: OpaquePointer
  private var statements: [OpaquePointer] = []

  init(path: String) throws(SQLError) {
    var log = stat()
    let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
    var opened: OpaquePointer?
    let code =
      hasLog
      ? sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY, "unix-none")
      : sqlite3_open_v2(Self.immutable(path), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil)
    guard code == SQLITE_OK, let opened else {
      let error = SQLError(code, of: opened)
      sqlite3_close_v2(opened)
      throw error
    }
    connection = opened
    // SQLite would remove a WAL in which it finds nothing whole.
    guard
      station_sqlite_switch(UnsafeMutableRawPointer(opened), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1) == 1
    else { throw SQLError(SQLITE_ERROR, of: opened) }
    for setting in [
      "locking_mode = EXCLUSIVE", "trusted_schema = OFF", "cell_size_check = ON", "cache_size = -16384",
    ] { try run("PRAGMA \(setting)") }
    try run("BEGIN")
  }

  deinit {
    for statement in statements { sqlite3_finalize(statement) }
    sqlite3_close_v2(connection)
  }

  /// A statement that lives as long as the connection.
  func prepare(_ text: String) throws(SQLError) -> SQL {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v2(connection, text, -1, &statement, nil)
    guard code == SQLITE_OK, let statement else { throw SQLError(code, of: connection) }
    statements.append(statement)
    return SQL(statement)
  }

  private func run(_ text: String) throws(SQLError) {
    let code = sqlite3_exec(connection, text, nil, nil, nil)
    guard code == SQLITE_OK else { throw SQLError(code, of: connection) }
  }

  /// The path as a URI file name (sqlite.org/uri.html), every byte that could mean more escaped.
  private static func immutable(_ path: String) -> String {
    let plain = path.utf8.map { byte -> String in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || [UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
      if isPlain { return String(UnicodeScalar(byte)) }
      let hex = String(byte, radix: 16)
      return byte < 16 ? "%0\(hex)" : "%\(hex)"
    }
    return "file:\(plain.joined())?immutable=1"
  }
}

extension SQL {
  /// A statement that somebody else finalizes.
  init(_ handle: OpaquePointer) { self.handle = handle }
}
