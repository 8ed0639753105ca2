import GRDB
import GRDBSQLite
import StationCrypto
import StationKit

/// An SQLite failure, with its extended result code (sqlite.org/rescode.html).
package struct SQLError: Error, CustomStringConvertible {
  package let code: Int32
  package let message: String

  init(_ code: Int32, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ code: Int32, of connection: OpaquePointer?) {
    self.init(code, connection.map { String(cString: sqlite3_errmsg($0)) } ?? "no connection")
  }

  package var primary: Int32 { code & 0xFF }
  package var description: String { "SQLite error \(code): \(message)" }

  /// Another process has written the log's next record: this one must not go on.
  static let notAlone = SQLError(
    SQLITE_PROTOCOL, "another process writes to the database: the log already has a record of this number")

  /// What it means for the batch it happened in.
  var severity: Severity {
    switch primary {
    case SQLITE_FULL: .full
    case SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN, SQLITE_PROTOCOL: .fatal
    case SQLITE_ABORT, SQLITE_READONLY, SQLITE_NOMEM, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT:
      .unavailable
    default: .call
    }
  }

  enum Severity {
    /// This call only.
    case call
    /// The disk is full: the batch is undone, later ones may succeed.
    case full
    /// The batch is undone, later ones may succeed.
    case unavailable
    /// What is on disk is no longer known (a failed fsync, corruption): stop, and recover at start.
    case fatal
  }
}

/// A prepared statement of GRDB's cache, driven through SQLite's own calls: the store's hot path.
struct SQL {
  let handle: OpaquePointer
  /// Keeps a statement alive that is not the cache's.
  private var owned: Statement?
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  /// - Parameter text: compiled once for each connection.
  init(_ text: String, on db: Database) throws {
    let cached = try db.cachedStatement(sql: text).sqliteStatement
    // A walk that is under way, and in whose body the same walk begins, keeps the cached statement.
    guard sqlite3_stmt_busy(cached) == 0 else {
      let statement = try db.makeStatement(sql: text)
      handle = statement.sqliteStatement
      owned = statement
      return
    }
    handle = cached
  }

  /// One of ``HotStatements``, which keeps it alive. It was reset when it was last done.
  init(ready statement: Statement) {
    handle = statement.sqliteStatement
  }

  @discardableResult
  func bind(_ position: Int32, _ value: Int) -> SQL {
    sqlite3_bind_int64(handle, position, Int64(value))
    return self
  }

  @discardableResult
  func bind(_ position: Int32, _ value: String) -> SQL {
    var value = value
    value.withUTF8 { text in
      text.withMemoryRebound(to: CChar.self) {
        _ = sqlite3_bind_text(handle, position, $0.baseAddress, Int32($0.count), Self.transient)
      }
    }
    return self
  }

  @discardableResult
  func bind(_ position: Int32, blob: [UInt8]) -> SQL {
    blob.withUnsafeBytes { bind(position, blob: $0) }
  }

  @discardableResult
  func bind(_ position: Int32, blob: UnsafeRawBufferPointer) -> SQL {
    if let base = blob.baseAddress {
      sqlite3_bind_blob(handle, position, base, Int32(blob.count), Self.transient)
    } else {
      sqlite3_bind_zeroblob(handle, position, 0)
    }
    return self
  }

  @discardableResult
  func bind(_ position: Int32, _ value: Digest32) -> SQL {
    value.withUnsafeBytes { bind(position, blob: $0) }
  }

  @discardableResult
  func bindNull(_ position: Int32) -> SQL {
    sqlite3_bind_null(handle, position)
    return self
  }

  /// True when a row is there to be read.
  func step() throws(SQLError) -> Bool {
    let code = sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE:
      sqlite3_reset(handle)
      return false
    default:
      let connection = sqlite3_db_handle(handle)
      let error = SQLError(sqlite3_extended_errcode(connection), of: connection)
      sqlite3_reset(handle)
      throw error
    }
  }

  /// Runs a statement that gives no rows; returns how many rows it changed.
  @discardableResult
  func run() throws(SQLError) -> Int {
    while try step() {}
    return Int(sqlite3_changes(sqlite3_db_handle(handle)))
  }

  func done() { sqlite3_reset(handle) }

  func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  func withBlob<R>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let bytes = sqlite3_column_blob(handle, column)
    return try body(
      UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))))
  }

  func blob(_ column: Int32) -> [UInt8] { withBlob(column) { [UInt8]($0) } }

  func digest(_ column: Int32) -> Digest32? { withBlob(column) { Digest32($0) } }
}

extension Database {
  /// Runs one statement without parameters or rows.
  func run(_ text: String) throws { try SQL(text, on: self).run() }
}

extension SQL {
  enum ColumnType { case integer, text, null }

  func columnType(_ column: Int32) -> ColumnType {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer
    case SQLITE_NULL: .null
    default: .text
    }
  }

  func bind(_ position: Int32, _ value: IndexValue) {
    switch value {
    case .null: bindNull(position)
    case .integer(let value): bind(position, value)
    case .text(let value): bind(position, value)
    }
  }
}
