/// The wrapped keys of a database that nobody serves. Without a master key it can be told whether they are there and
/// what they are, not whether they open anything.
struct OfflineKeys {
  private enum Owner {
    /// Each record has its own key.
    case record
    /// A member names the subject, whose key all of the module's records share.
    case member(Substring)
  }

  /// The ids of the master keys that something may be wrapped with.
  private let masters: Set<UInt64>
  /// Whether the store knows its master key, and has the key of the blind index under one.
  let isWhole: Bool

  init(_ database: OfflineDatabase) throws {
    var values: [String: [UInt8]] = [:]
    if try Self.exists("keyring", in: database) {
      let rows = try database.prepare("SELECT name, value FROM keyring")
      while try rows.step() { values[rows.text(0)] = rows.blob(1) }
    }
    let ids = [KeyTable.Name.master, .former].map { values[$0.rawValue].flatMap(KeyTable.id) }
    masters = Set(ids.compactMap { $0 })
    let index = values[KeyTable.Name.index.rawValue]?.withUnsafeBytes { Sealer.master(of: $0) }
    isWhole = ids[0] != nil && index.map(masters.contains) == true
  }

  /// Whether it is a wrapped key, under a master key that the store knows.
  func isKey(_ wrapped: UnsafeRawBufferPointer) -> Bool {
    Sealer.master(of: wrapped).map { masters.isEmpty || masters.contains($0) } ?? false
  }

  /// What selects the wrapped key for a row of a table; nil where it cannot be told, as in the middle of an update
  /// from the format in which nothing was encrypted.
  static func column(of table: String, _ columns: [String], in database: OfflineDatabase) throws -> String? {
    switch try owner(table, columns, database) {
    case nil: return nil
    case .record?: return columns.contains("wrapped") ? "wrapped" : "NULL"
    case .member(let member)?:
      guard columns.contains("f_\(member)") else { return "NULL" }
      let module = table.prefix { $0 != "." }.replacing("'", with: "''")
      let subject = "f_\(member)".replacing("\"", with: "\"\"")
      return """
        (SELECT wrapped FROM subject_key WHERE module = '\(module)' AND subject_key.subject = "\(subject)")
        """
    }
  }

  private static func owner(
    _ table: String, _ columns: [String], _ database: OfflineDatabase
  ) throws -> Owner? {
    guard columns.contains("sealed") else { return nil }
    let row = try database.prepare("SELECT handled FROM collection WHERE name = ?").bind(1, table)
    defer { row.done() }
    guard try row.step(), let subject = CollectionPlan.subject(handled: row.text(0)) else {
      return columns.contains("wrapped") ? .record : nil
    }
    return subject.isEmpty ? .record : .member(subject)
  }

  private static func exists(_ table: String, in database: OfflineDatabase) throws -> Bool {
    let row = try database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
    defer { row.done() }
    return try row.bind(1, table).step()
  }
}
