import GRDB
import StationKit
import Synchronization

/// The SQL of one collection, written once from its declaration.
final class CollectionPlan: Sendable {
  let compiled: CompiledCollection
  let table: String
  /// The declared ones, and the member that names the subject where it is not among them.
  let fields: [Collection.Field]
  /// nil where nothing is personal.
  let personal: PersonalPlan?
  /// nil where records are kept for ever.
  let retention: RetentionRule?
  /// What every row is read with: key, id, version, salt, body, sealed, wrapped key.
  let select: String
  let head: String
  /// Columns that `head` reads.
  let width: Int32
  let insert: HotSQL
  let update: HotSQL
  let delete: String
  private let indexes: [String: Collection.Index]
  /// The columns of all fields, by name.
  private let columns: [String: String]
  /// Fields that the schema requires to be there and not null.
  let required: [String]
  /// Required fields that records from before the schema required them lack; known when migrated.
  let lacking = Mutex<Set<String>>([])

  init(_ compiled: CompiledCollection) {
    self.compiled = compiled
    let declaration = compiled.declaration
    let personal = PersonalPlan(compiled)
    self.personal = personal
    retention = RetentionRule(compiled)
    var fields = declaration.fields
    if let member = personal?.subjectMember, !fields.contains(where: { $0.name == member }) {
      fields.append(Collection.Field(member, .text))
    }
    self.fields = fields
    table = "\"\(compiled.fullName)\""
    indexes = Dictionary(uniqueKeysWithValues: declaration.indexes.map { ($0.name, $0) })
    columns = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, Self.column($0)) })
    let schema = declaration.schema
    let names = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    required = fields.filter { $0.type != .blind }.map(\.name).filter {
      names.contains($0) && schema["properties"]?[$0]?["type"]?.stringValue != nil
    }
    let sealed = personal == nil ? "" : ", sealed"
    let columns = sealed + fields.map { ", \(Self.column($0))" }.joined()
    let sets = (personal == nil ? "" : ", sealed = ?") + fields.map { ", \(Self.column($0)) = ?" }.joined()
    let marks = (personal == nil ? "" : ", ?") + fields.map { _ in ", ?" }.joined()
    let ownsKeys = personal.map { $0.subjectMember == nil } ?? false
    let head = "SELECT key, id, version, salt, body\(sealed)\(ownsKeys ? ", wrapped" : "")"
    self.head = head
    width = 5 + (personal == nil ? 0 : 1) + (ownsKeys ? 1 : 0)
    select = "\(head) FROM \(table) WHERE id = ?"
    insert = HotSQL(
      "INSERT INTO \(table)(id, version, salt, body\(columns)\(ownsKeys ? ", wrapped" : ""))"
        + " VALUES (?, 1, ?, ?\(marks)\(ownsKeys ? ", ?" : ""))")
    let sameSubject = personal?.subjectMember.map { " AND f_\($0) = ?" } ?? ""
    update = HotSQL(
      "UPDATE \(table) SET version = version + 1, salt = ?, body = ?\(sets)"
        + " WHERE id = ? AND version = ?\(sameSubject)")
    delete = "DELETE FROM \(table) WHERE id = ? AND version = ?"
  }

  /// Where the fields begin among the parameters of `insert`: after id, salt, body and ciphertexts.
  var firstField: Int32 { personal == nil ? 4 : 5 }

  /// A blind column has a name of its own kind: what it holds is not what the body says.
  static func column(_ field: Collection.Field) -> String {
    (field.type == .blind ? "b_" : "f_") + field.name
  }

  /// The column of a field.
  func column(_ field: String) -> String { columns[field] ?? "f_\(field)" }

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

  /// Binds the fields of a body from `position` on.
  /// - Parameter blind: the values of the blind ones, in their order.
  /// - Returns: the position after them.
  func bindFields(
    _ body: JSONObject, blind: [Int?], to statement: SQL, from position: Int32
  ) throws -> Int32 {
    var position = position
    var blind = blind.makeIterator()
    for field in fields {
      switch (field.type, body[field.name]) {
      case (.blind, _):
        if case .some(.some(let value)) = blind.next() {
          statement.bind(position, value)
        } else {
          statement.bindNull(position)
        }
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
    return position
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
