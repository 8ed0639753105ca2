import GRDB
import StationKit
import Synchronization

/// The SQL of one collection, written once from its declaration.
final class CollectionPlan: Sendable {
  let compiled: CompiledCollection
  let table: String
  let fields: [Collection.Field]
  let select: String
  let selectBody: String
  let insert: HotSQL
  let update: HotSQL
  let delete: String
  private let indexes: [String: Collection.Index]
  /// Fields that the schema requires to be there and not null.
  private let required: [String]
  /// Required fields that records from before the schema required them lack; known when migrated.
  private let lacking = Mutex<Set<String>>([])

  init(_ compiled: CompiledCollection) {
    self.compiled = compiled
    let declaration = compiled.declaration
    fields = declaration.fields
    table = "\"\(compiled.fullName)\""
    indexes = Dictionary(uniqueKeysWithValues: declaration.indexes.map { ($0.name, $0) })
    let names = Set(declaration.schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    required = fields.map(\.name).filter {
      names.contains($0) && declaration.schema["properties"]?[$0]?["type"]?.stringValue != nil
    }
    let columns = fields.map { ", f_\($0.name)" }.joined()
    let marks = fields.map { _ in ", ?" }.joined()
    let sets = fields.map { ", f_\($0.name) = ?" }.joined()
    select = "SELECT version, salt, body FROM \(table) WHERE id = ?"
    selectBody = "SELECT key, id, version, salt, body"
    insert = HotSQL(
      "INSERT INTO \(table)(id, version, salt, body\(columns)) VALUES (?, 1, ?, ?\(marks))")
    update = HotSQL(
      "UPDATE \(table) SET version = version + 1, salt = ?, body = ?\(sets)"
        + " WHERE id = ? AND version = ?")
    delete = "DELETE FROM \(table) WHERE id = ? AND version = ?"
  }

  /// Whether NULL may stand in the column of a field.
  func isNullable(column: String) -> Bool {
    let field = String(column.dropFirst(2))
    return !required.contains(field) || lacking.withLock { $0.contains(field) }
  }

  func index(_ name: String) throws -> Collection.Index {
    guard let index = indexes[name] else {
      throw ModuleFault.undeclared("index '\(name)' of \(compiled.fullName)")
    }
    return index
  }

  /// Makes the table and its indexes what the declaration says. New fields are filled from the bodies.
  func migrate(_ db: Database) throws {
    let columns = fields.map { ", f_\($0.name) \($0.type == .text ? "TEXT" : "INTEGER")" }.joined()
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS \(table)(
          key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
          salt BLOB NOT NULL, body BLOB NOT NULL\(columns)) STRICT
        """)
    let present = Set(try db.columns(in: compiled.fullName).map(\.name))
    for field in fields where !present.contains("f_\(field.name)") {
      let type = field.type == .text ? "TEXT" : "INTEGER"
      try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN f_\(field.name) \(type)")
      try db.execute(
        sql: "UPDATE \(table) SET f_\(field.name) = json_extract(CAST(body AS TEXT), '$.\(field.name)')")
    }
    let prefix = compiled.fullName + "/"
    var wanted: [String: String] = [:]
    for index in compiled.declaration.indexes {
      let over = index.fields.map { "f_\($0)" }.joined(separator: ", ")
      let name = prefix + index.name
      wanted[name] =
        "CREATE \(index.unique ? "UNIQUE " : "")INDEX \"\(name)\" ON \(table)(\(over))"
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
    let declared = Set(fields.map { "f_\($0.name)" })
    for column in present where column.hasPrefix("f_") && !declared.contains(column) {
      try db.execute(sql: "ALTER TABLE \(table) DROP COLUMN \(column)")
    }
    for sql in wanted.values.sorted() { try db.execute(sql: sql) }
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
        sql: "INSERT OR REPLACE INTO collection(name, required, lacking) VALUES (?, ?, ?)",
        arguments: [compiled.fullName, now, known.sorted().joined(separator: " ")])
    }
    let found = known
    lacking.withLock { $0 = found }
  }

  /// Binds the declared fields of a body from `position` on.
  func bindFields(_ body: JSONObject, to statement: SQL, from position: Int32) throws {
    var position = position
    for field in fields {
      switch (field.type, body[field.name]) {
      case (_, nil), (_, .null?): statement.bindNull(position)
      case (.text, .string(let value)?): statement.bind(position, value)
      case (.integer, .number(let number)?):
        guard let value = number.intValue else { throw wrongType(field) }
        statement.bind(position, value)
      case (.integer, .bool(let value)?): statement.bind(position, value ? 1 : 0)
      default: throw wrongType(field)
      }
      position += 1
    }
  }

  private func wrongType(_ field: Collection.Field) -> ModuleFault {
    ModuleFault("\(compiled.fullName): field '\(field.name)' is not \(field.type.rawValue)")
  }
}

/// A module's own mistake, such as a name it did not declare. Clients see `internal_error`; the text
/// goes to the daemon's log.
package struct ModuleFault: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }

  static func undeclared(_ what: String) -> ModuleFault { ModuleFault("not declared: \(what)") }
}
