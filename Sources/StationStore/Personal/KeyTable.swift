import GRDB

/// What the store knows of its keys; nothing here opens anything without a master key.
enum KeyTable {
  enum Name: String {
    /// The wrapped key of the blind index.
    case index
    /// The id of the master key that wraps what is new.
    case master
    /// While a rotation is under way: the id of the master key that something may still be wrapped with.
    case former
    /// The file of the master key that a rotation went to, until it is the configured one.
    case path
    /// Records were sealed, and what they were in clear before may still be in unused parts of the file.
    case unclean
    /// Erased content may still be in the write-ahead log.
    case unwiped
  }

  static func get(_ name: Name, on db: Database) throws -> [UInt8]? {
    let statement = try SQL("SELECT value FROM keyring WHERE name = ?", on: db).bind(1, name.rawValue)
    defer { statement.done() }
    return try statement.step() ? statement.blob(0) : nil
  }

  static func id(_ name: Name, on db: Database) throws -> UInt64? {
    try get(name, on: db).flatMap(id)
  }

  /// The id that an entry holds; nil for what is none.
  static func id(_ bytes: [UInt8]) -> UInt64? {
    bytes.count == 8 ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : nil
  }

  static func set(_ name: Name, _ value: [UInt8], on db: Database) throws {
    try SQL(
      "INSERT INTO keyring(name, value) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2", on: db
    ).bind(1, name.rawValue).bind(2, blob: value).run()
  }

  static func set(_ name: Name, id: UInt64, on db: Database) throws {
    try set(name, withUnsafeBytes(of: id.bigEndian) { [UInt8]($0) }, on: db)
  }

  static func remove(_ name: Name, on db: Database) throws {
    try SQL("DELETE FROM keyring WHERE name = ?", on: db).bind(1, name.rawValue).run()
  }
}
