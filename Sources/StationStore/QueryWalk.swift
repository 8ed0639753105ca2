import GRDB
import StationCrypto
import StationKit

/// One `Query` as SQL over its declared index: equal prefix, range on the next field, keyset cursor.
///
/// Pages stay consistent under concurrent writes because a page starts after a key, not at an offset
/// (the row's key, the order of insertion, makes every position unique).
struct QueryWalk {
  private let plan: CollectionPlan
  private let query: Query
  /// The index's fields, as columns.
  private let columns: [String]
  private let cursor: Query.Place?
  /// Values of blind fields, to be compared again once a record is decrypted.
  let blind: [(field: String, value: IndexValue)]
  /// The values for the index's first fields, as the columns hold them.
  private let equals: [IndexValue]
  /// What else a row must have, by column, in the order of their parameters.
  private let matching: [(column: String, value: IndexValue)]

  /// - Throws: `ModuleFault` for an undeclared index; `invalid_params` for a cursor that is not of
  ///   this query, or a limit out of 1...1,000.
  init(_ query: Query, _ plan: CollectionPlan, _ transaction: SQLReadTransaction) throws {
    self.plan = plan
    self.query = query
    let fields = try query.index.map { try plan.index($0).fields } ?? []
    columns = fields.map { plan.column($0) }
    (equals, blind) = try Self.columnValues(query, fields, plan, transaction)
    guard query.equals.count <= columns.count else {
      throw ModuleFault("query on \(plan.table): more values than the index has fields")
    }
    if query.from != nil || query.to != nil, query.equals.count == columns.count {
      throw ModuleFault("query on \(plan.table): no field left for the range")
    }
    guard (1...1000).contains(query.limit) else {
      throw RPCError.invalid(
        Text("'limit' must be from 1 to 1000", zh: "limit 须在 1 到 1000 之间"), pointer: "/limit")
    }
    matching = query.matching.sorted { $0.key < $1.key }.map { (plan.column($0.key), $0.value) }
    let free = columns.count - query.equals.count
    if !matching.isEmpty {
      let names = Set(plan.fields.filter { $0.type != .blind }.map(\.name))
      guard blind.isEmpty, names.isSuperset(of: query.matching.keys), !query.matching.values.contains(.null),
        !columns.suffix(free).contains(where: { plan.isNullable(column: $0) })
      else {
        throw ModuleFault(
          "query on \(plan.table): only declared fields can be matched, in order of what is there")
      }
    }
    if let place = query.after {
      guard place.values.count == free else { throw ModuleFault("query on \(plan.table): not a place in it") }
      cursor = place
      return
    }
    guard let text = query.cursor else {
      cursor = nil
      return
    }
    guard let cursor = Cursor.place(text), cursor.values.count == free else {
      throw RPCError.foreignCursor
    }
    self.cursor = cursor
  }

  /// What the columns hold for the query's values: digests for blind fields, which cannot be left open.
  private static func columnValues(
    _ query: Query, _ fields: [String], _ plan: CollectionPlan, _ transaction: SQLReadTransaction
  ) throws -> (equals: [IndexValue], blind: [(field: String, value: IndexValue)]) {
    guard let personal = plan.personal, !personal.blind.isEmpty else { return (query.equals, []) }
    for field in fields.dropFirst(query.equals.count) where personal.blind.contains(field) {
      throw ModuleFault("query on \(plan.table): the blind field '\(field)' needs a value")
    }
    var blind: [(field: String, value: IndexValue)] = []
    let equals = try zip(fields, query.equals).map { field, value -> IndexValue in
      guard personal.blind.contains(field), value != .null else { return value }
      guard case .text(let text) = value else {
        throw ModuleFault("query on \(plan.table): the blind field '\(field)' takes texts")
      }
      blind.append((field, value))
      return .integer(try transaction.sealer().blind(text, field, personal))
    }
    return (equals, blind)
  }

  /// Whether a record has the values that were asked for, not only their digests.
  func isMeant(_ record: Record) -> Bool {
    blind.allSatisfy { record[$0.field]?.stringValue == $0.value.text }
  }

  private var free: ArraySlice<String> { columns[query.equals.count...] }

  private func conditions(withCursor: Bool, until end: Query.Place? = nil, matches: Bool = true) -> String {
    var parts: [String] = []
    for (column, value) in zip(columns, equals) {
      parts.append(value == .null ? "\(column) IS NULL" : "\(column) = ?")
    }
    if let first = free.first {
      if query.from != nil { parts.append("\(first) >= ?") }
      if query.to != nil { parts.append("\(first) < ?") }
    }
    if withCursor, let cursor { parts.append(after(cursor)) }
    if end != nil {
      let marks = (0...free.count).map { "?\(firstCursorMark + (cursor == nil ? 0 : free.count + 1) + $0)" }
      parts.append(
        "(\((free + ["key"]).joined(separator: ", "))) \(query.descending ? ">=" : "<=") "
          + "(\(marks.joined(separator: ", ")))")
    }
    if matches { parts += matching.map { "\($0.column) = ?" } }
    return parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND ")
  }

  /// The rows behind the cursor. A row value comparison seeks in the index, but is never true for NULL:
  /// where NULLs can lie ahead, the comparison is spelled out, field by field (NULL sorts first).
  private func after(_ cursor: Query.Place) -> String {
    let sign = query.descending ? "<" : ">"
    let names = free.map { $0 } + ["key"]
    let nullsAhead = query.descending && free.contains { plan.isNullable(column: $0) }
    if !nullsAhead, !cursor.values.contains(.null) {
      return "(\(names.joined(separator: ", "))) \(sign) "
        + "(\(names.indices.map { "?\(firstCursorMark + $0)" }.joined(separator: ", ")))"
    }
    let values = cursor.values + [.integer(cursor.order)]
    let alternatives = names.indices.compactMap { position -> String? in
      let mark = "?\(firstCursorMark + position)"
      let equal = names[..<position].indices.map { "\(names[$0]) IS ?\(firstCursorMark + $0) AND " }.joined()
      switch (values[position] == .null, query.descending) {
      case (true, true): return nil
      case (true, false): return "(\(equal)\(names[position]) IS NOT NULL)"
      case (false, true): return "(\(equal)(\(names[position]) < \(mark) OR \(names[position]) IS NULL))"
      case (false, false): return "(\(equal)\(names[position]) > \(mark))"
      }
    }
    return "(" + alternatives.joined(separator: " OR ") + ")"
  }

  /// Parameters are numbered: those of the cursor follow those of the query.
  private var firstCursorMark: Int {
    1 + equals.count { $0 != .null } + (query.from == nil ? 0 : 1) + (query.to == nil ? 0 : 1)
  }

  private var order: String {
    let direction = query.descending ? " DESC" : ""
    return " ORDER BY "
      + (free.map { $0 + direction } + ["key" + direction]).joined(separator: ", ")
  }

  /// One row more than the limit, to know whether there is a next page; no limit where rows can fall out.
  func page(selecting head: String, until end: Query.Place?) -> String {
    let extra = free.map { ", " + $0 }.joined()
    return "\(head)\(extra) FROM \(plan.table)\(conditions(withCursor: true, until: end))\(order)"
      + (blind.isEmpty ? " LIMIT \(query.limit + 1)" : "")
  }

  /// The last row that a page looks at; nil where it looks at all that are left.
  func end(on db: Database) throws -> Query.Place? {
    guard !matching.isEmpty else { return nil }
    let list = (["key"] + free).joined(separator: ", ")
    let statement = try SQL(
      "SELECT \(list) FROM \(plan.table)\(conditions(withCursor: true, matches: false))\(order)"
        + " LIMIT 1 OFFSET \(Query.rowsAtMost - 1)", on: db)
    bind(statement, withCursor: true, matches: false)
    defer { statement.done() }
    return try statement.step() ? place(at: statement, key: 0, firstColumn: 1) : nil
  }

  func all(selecting head: String, ordered: Bool) -> String {
    "\(head) FROM \(plan.table)\(conditions(withCursor: false))\(ordered ? order : "")"
  }

  func bind(_ statement: SQL, withCursor: Bool, until end: Query.Place? = nil, matches: Bool = true) {
    var position: Int32 = 1
    func next(_ value: IndexValue) {
      statement.bind(position, value)
      position += 1
    }
    for value in equals where value != .null { next(value) }
    if let from = query.from { next(from) }
    if let to = query.to { next(to) }
    for place in [withCursor ? cursor : nil, end] {
      guard let place else { continue }
      for value in place.values { next(value) }
      next(.integer(place.order))
    }
    if matches { for (_, value) in matching { next(value) } }
  }

  func place(at row: SQL, key: Int32, firstColumn: Int32) -> Query.Place {
    let values = (0..<free.count).map { row.value(firstColumn + Int32($0)) }
    return Query.Place(values: values, order: row.int(key))
  }
}

/// Where a page ended, as text. Opaque to clients, checked on return; a forged one can only name a position.
enum Cursor {
  static func place(_ text: String) -> Query.Place? {
    guard text.utf8.count <= 4096, let bytes = Hex.decode(text),
      case .array(let items)? = try? JSONParser.parse(bytes), let key = items.last?.intValue
    else { return nil }
    var values: [IndexValue] = []
    for item in items.dropLast() {
      guard let value = IndexValue(item) else { return nil }
      values.append(value)
    }
    return Query.Place(values: values, order: key)
  }

  static func text(_ place: Query.Place) -> String {
    let bytes = JSONValue.array(place.values.map(\.json) + [.int(place.order)]).encoded()
    return bytes.withUnsafeBytes { Hex.encode($0) }
  }
}
