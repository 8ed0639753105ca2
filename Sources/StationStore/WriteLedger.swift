import StationAudit
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
    let keys = try OfflineKeys(database)
    var isSealed = false
    for table in try Self.tables(of: database) {
      findings.collections += 1
      let columns = try Self.columns(of: table, in: database)
      let fields = Self.fields(columns)
      let list = fields.map { ", \(Self.quoted($0.column))" }.joined()
      let sealed = columns.contains("sealed") ? "sealed" : "NULL"
      let wrapped = try OfflineKeys.column(of: table, columns, in: database)
      let rows = try database.prepare(
        "SELECT id, version, salt, body, \(sealed), \(wrapped ?? "NULL")\(list) FROM \(Self.quoted(table))"
      )
      while try rows.step() {
        findings.records += 1
        let id = rows.text(0)
        guard let entry = entries.removeValue(forKey: Self.name(table, id)), entry.version > 0 else {
          findings.fault = findings.fault ?? .unlogged(collection: table, id: id)
          continue
        }
        isSealed = isSealed || !rows.isNull(4)
        var defect = Self.defect(rows, table, id, entry, fields)
        if defect == nil, wrapped != nil, !rows.isNull(4), !rows.withBlob(5, keys.isKey) {
          defect = .key(collection: table, id: id)
        }
        guard let defect else { continue }
        if entry.seq < first?.seq ?? .max { first = (entry.seq, defect) }
      }
    }
    for (name, entry) in entries where entry.version > 0 && entry.seq < first?.seq ?? .max {
      first = (entry.seq, try Self.missing(name, entry.seq, database))
    }
    if let first {
      findings.fault = .record(seq: first.seq, first.defect)
    } else if isSealed, !keys.isWhole {
      findings.fault = findings.fault ?? .keyring
    }
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

  /// A member that the table keeps in a column of its own.
  private struct Field {
    let name: String
    /// The column holds a keyed digest; what it must be stands among the ciphertexts.
    let isBlind: Bool
    var column: String { (isBlind ? "b_" : "f_") + name }
  }

  private static func columns(of table: String, in database: OfflineDatabase) throws -> [String] {
    let list = try database.prepare("SELECT name FROM pragma_table_info(?)").bind(1, table)
    var names: [String] = []
    while try list.step() { names.append(list.text(0)) }
    return names
  }

  private static func fields(_ columns: [String]) -> [Field] {
    columns.compactMap { name in
      if name.utf8.starts(with: "f_".utf8) { return Field(name: String(name.dropFirst(2)), isBlind: false) }
      if name.utf8.starts(with: "b_".utf8) { return Field(name: String(name.dropFirst(2)), isBlind: true) }
      return nil
    }
  }

  private static func quoted(_ name: String) -> String {
    "\"\(name.replacing("\"", with: "\"\""))\""
  }

  private static func defect(
    _ row: SQL, _ table: String, _ id: String, _ entry: Entry, _ fields: [Field]
  ) -> OfflineFault.Defect? {
    let version = row.int(1)
    guard version == entry.version else {
      return .version(collection: table, id: id, stored: version, logged: entry.version)
    }
    let commitment = row.withBlob(2) { salt in
      row.withBlob(3) { body in
        row.withBlob(4) {
          RecordCommitment.digest(
            salt: salt, collection: table, id: id, version: version, body: body,
            sealed: row.isNull(4) ? nil : $0)
        }
      }
    }
    guard commitment == entry.commitment else { return .content(collection: table, id: id) }
    // Lists and figures are read from the columns, so they must say what the body says.
    guard !fields.isEmpty, let body = row.withBlob(3, { try? JSONParser.parse($0) }) else { return nil }
    let blind = Self.blind(row)
    for (position, field) in fields.enumerated() {
      let meant = field.isBlind ? blind[field.name] ?? .null : value(of: body[field.name])
      guard row.value(Int32(6 + position)) != meant else { continue }
      return .column(collection: table, id: id, field: field.name)
    }
    return nil
  }

  /// What the blind columns of a row must hold.
  private static func blind(_ row: SQL) -> [String: IndexValue] {
    var values: [String: IndexValue] = [:]
    row.withBlob(4) { sealed in
      _ = SealedMembers.forEach(sealed) { entry in
        guard entry.kind == .blind, entry.content.count == 8 else { return }
        let bits = entry.content.loadUnaligned(as: Int64.self).bigEndian
        values[entry.name] = .integer(Int(truncatingIfNeeded: bits))
      }
    }
    return values
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
