import GRDB
import StationKit

extension CollectionPlan {
  /// Makes the table and its indexes what the declaration says. New fields are filled from the bodies.
  func migrate(_ db: Database) throws {
    let columns = fields.map { ", \(Self.column($0)) \($0.type == .text ? "TEXT" : "INTEGER")" }.joined()
    let sealed = sealedColumns.map { ", \($0) BLOB" }.joined()
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS \(table)(
          key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
          salt BLOB NOT NULL, body BLOB NOT NULL\(sealed)\(columns)) STRICT
        """)
    let present = Set(try db.columns(in: compiled.fullName).map(\.name))
    for column in sealedColumns where !present.contains(column) {
      try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(column) BLOB")
    }
    for field in fields where !present.contains(Self.column(field)) {
      let type = field.type == .text ? "TEXT" : "INTEGER"
      try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(Self.column(field)) \(type)")
      // Blind columns are filled when the records are sealed.
      guard field.type != .blind else { continue }
      try db.execute(
        sql: "UPDATE \(table) SET f_\(field.name) = json_extract(CAST(body AS TEXT), '$.\(field.name)')")
    }
    let prefix = compiled.fullName + "/"
    var wanted: [String: String] = [:]
    for index in compiled.declaration.indexes {
      // What is only held comes after the order of insertion, which the index then has to name.
      let held = index.holding.isEmpty ? [] : ["key"] + index.holding.map { column($0) }
      let over = (index.fields.map { column($0) } + held).joined(separator: ", ")
      let name = prefix + index.name
      wanted[name] =
        "CREATE \(index.unique ? "UNIQUE " : "")INDEX \"\(name)\" ON \(table)(\(over))"
    }
    if let member = personal?.subjectMember,
      !compiled.declaration.indexes.contains(where: { $0.fields.first == member })
    {
      wanted[prefix + "(subject)"] = "CREATE INDEX \"\(prefix)(subject)\" ON \(table)(\(column(member)))"
    }
    let existing = try Row.fetchAll(
      db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL",
      arguments: [compiled.fullName])
    for row in existing {
      let name: String = row["name"]
      let sql: String = row["sql"]
      if wanted[name] == sql {
        wanted[name] = nil
      } else {
        try db.execute(sql: "DROP INDEX \"\(name)\"")
      }
    }
    // Indexes over it are gone by now.
    let declared = Set(fields.map(Self.column))
    for column in present
    where (column.hasPrefix("f_") || column.hasPrefix("b_")) && !declared.contains(column) {
      try db.execute(sql: "ALTER TABLE \(table) DROP COLUMN \(column)")
    }
    for (name, sql) in wanted.sorted(by: { $0.value < $1.value }) {
      do {
        try db.execute(sql: sql)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
        throw StoreError(
          "records of '\(compiled.fullName)' that are there are not unique along its index"
            + " '\(name.dropFirst(prefix.count))'")
      }
    }
    try findLacking(db)
  }

  /// Looks for records without a required field: once, when the schema begins to require it.
  private func findLacking(_ db: Database) throws {
    let now = required.joined(separator: " ")
    let row = try Row.fetchOne(
      db, sql: "SELECT required, lacking FROM collection WHERE name = ?", arguments: [compiled.fullName])
    var known = Set((row?["lacking"] as String? ?? "").split(separator: " ").map(String.init))
    if row?["required"] as String? != now {
      known = try Set(
        required.filter {
          try Bool.fetchOne(db, sql: "SELECT EXISTS(SELECT 1 FROM \(table) WHERE f_\($0) IS NULL)") ?? false
        })
      try db.execute(
        sql: """
          INSERT INTO collection(name, required, lacking) VALUES (?, ?, ?)
          ON CONFLICT(name) DO UPDATE SET required = excluded.required, lacking = excluded.lacking
          """,
        arguments: [compiled.fullName, now, known.sorted().joined(separator: " ")])
    }
    let found = known
    lacking.withLock { $0 = found }
  }

  /// Where ciphertexts are, and, where each record is its own subject, its wrapped key.
  private var sealedColumns: [String] {
    guard let personal else { return [] }
    return personal.subjectMember == nil ? ["wrapped", "sealed"] : ["sealed"]
  }
}
