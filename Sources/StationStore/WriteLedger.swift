import StationCrypto
import StationKit

/// Who wrote each record of a module last, as the log tells it; compared with what is stored.
struct WriteLedger {
  private struct Entry {
    let seq: UInt64
    let version: Int
    let commitment: Digest32
  }

  /// By the digest of collection and id.
  private var entries: [Digest32: Entry] = [:]

  mutating func note(_ item: Touched, seq: UInt64) {
    entries[Self.name(item.collection, item.id)] = Entry(
      seq: seq, version: item.version, commitment: item.commitment)
  }

  /// What a comparison found.
  struct Findings {
    var records = 0
    var collections = 0
    /// The one with the lowest number; a record that nothing wrote has none, and counts last.
    var fault: OfflineFault?
  }

  /// Compares every stored record with the last entry in the log that wrote it, and the other way round. Uses
  /// the ledger up.
  mutating func compare(with database: OfflineDatabase) throws -> Findings {
    var findings = Findings()
    var first: (seq: UInt64, defect: OfflineFault.Defect)?
    for table in try Self.tables(of: database) {
      findings.collections += 1
      let columns = try Self.fields(of: table, in: database)
      let list = columns.map { ", \(Self.quoted("f_\($0)"))" }.joined()
      let rows = try database.prepare(
        "SELECT id, version, salt, body\(list) FROM \(Self.quoted(table))")
      while try rows.step() {
        findings.records += 1
        let id = rows.text(0)
        guard let entry = entries.removeValue(forKey: Self.name(table, id)), entry.version > 0 else {
          findings.fault = findings.fault ?? .unlogged(collection: table, id: id)
          continue
        }
        guard let defect = Self.defect(rows, table, id, entry, columns) else { continue }
        if entry.seq < first?.seq ?? .max { first = (entry.seq, defect) }
      }
    }
    for (name, entry) in entries where entry.version > 0 && entry.seq < first?.seq ?? .max {
      first = (entry.seq, try Self.missing(name, entry.seq, database))
    }
    if let first { findings.fault = .record(seq: first.seq, first.defect) }
    return findings
  }

  /// Collections have a dot in their names, the store's own tables have none.
  private static func tables(of database: OfflineDatabase) throws -> [String] {
    let list = try database.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND instr(name, '.') > 0 ORDER BY name")
    var tables: [String] = []
    while try list.step() { tables.append(list.text(0)) }
    return tables
  }

  /// The members of the body that the table keeps in columns of their own.
  private static func fields(of table: String, in database: OfflineDatabase) throws -> [String] {
    let list = try database.prepare("SELECT name FROM pragma_table_info(?)").bind(1, table)
    var fields: [String] = []
    while try list.step() {
      let name = list.text(0)
      if name.utf8.starts(with: "f_".utf8) { fields.append(String(name.dropFirst(2))) }
    }
    return fields
  }

  private static func quoted(_ name: String) -> String {
    "\"\(name.replacing("\"", with: "\"\""))\""
  }

  private static func defect(
    _ row: SQL, _ table: String, _ id: String, _ entry: Entry, _ fields: [String]
  ) -> OfflineFault.Defect? {
    let version = row.int(1)
    guard version == entry.version else {
      return .version(collection: table, id: id, stored: version, logged: entry.version)
    }
    let commitment = row.withBlob(2) { salt in
      row.withBlob(3) {
        Touched.commitment(salt: salt, collection: table, id: id, version: version, body: $0)
      }
    }
    guard commitment == entry.commitment else { return .content(collection: table, id: id) }
    // Lists and figures are read from the columns, so they must say what the body says.
    guard !fields.isEmpty, let body = row.withBlob(3, { try? JSONParser.parse($0) }) else { return nil }
    for (position, field) in fields.enumerated()
    where row.value(Int32(4 + position)) != value(of: body[field]) {
      return .column(collection: table, id: id, field: field)
    }
    return nil
  }

  /// What a column holds for a member, as ``CollectionPlan`` binds it.
  private static func value(of member: JSONValue?) -> IndexValue {
    switch member {
    case .string(let text)?: .text(text)
    case .bool(let flag)?: .integer(flag ? 1 : 0)
    case .number(let number)?: number.intValue.map(IndexValue.integer) ?? .null
    default: .null
    }
  }

  /// The names that a digest stands for are in the leaf that it came from.
  private static func missing(
    _ name: Digest32, _ seq: UInt64, _ database: OfflineDatabase
  ) throws -> OfflineFault.Defect {
    let row = try database.prepare("SELECT leaf FROM audit WHERE seq = ?").bind(1, Int(seq))
    let leaf = try row.step() ? row.withBlob(0) { try? OfflineLeaf($0, seq: seq) } : nil
    row.done()
    let item = leaf?.written.first { Self.name($0.collection, $0.id) == name }
    return .missing(collection: item?.collection ?? "", id: item?.id ?? "")
  }

  private static func name(_ collection: String, _ id: String) -> Digest32 {
    var bytes = Array(collection.utf8)
    bytes.append(0)
    bytes.append(contentsOf: id.utf8)
    return SHA256.hash(bytes)
  }
}
