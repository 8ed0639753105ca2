import GRDB
import StationCrypto
import StationKit

/// What the ends of keeping will delete, as the deadlines say it.
package struct RetentionPreview {
  /// How much of one collection.
  package struct Sum: Sendable, Equatable {
    package let collection: String
    package let count: Int
    package let earliest: Instant
    /// The rule that says so; nil where no module with this collection is switched on any more.
    package let rule: Rule?
  }

  /// Kept so many years after the day of a member.
  package struct Rule: Sendable, Equatable {
    package let years: Int
    package let member: String
  }

  /// One record.
  package struct Item: Sendable, Equatable {
    package let collection: String
    package let id: String
    package let due: Instant
  }

  package struct ItemPage: Sendable {
    package let items: [Item]
    /// Where the next page starts; nil when this is the last.
    package let next: String?
  }

  private let db: Database
  private let catalog: Catalog
  /// After every text with the prefix of these deadlines.
  private static let end = "retention;"

  init(_ db: Database, _ catalog: Catalog) {
    self.db = db
    self.catalog = catalog
  }

  /// Per collection, how many records are deleted by `until` if nothing changes.
  package func sums(until: Instant) throws -> [Sum] {
    let statement = try SQL(
      """
      SELECT kind, count(*), min(due) FROM deadline WHERE kind >= ? AND kind < ? AND due <= ?
      GROUP BY kind ORDER BY kind
      """, on: db)
    statement.bind(1, RetentionRule.prefix).bind(2, Self.end).bind(3, Int(until.milliseconds))
    defer { statement.done() }
    var sums: [Sum] = []
    while try statement.step() {
      let kind = statement.text(0)
      let rule = catalog.retention(kind)?.retention
      sums.append(
        Sum(
          collection: Self.collection(kind), count: statement.int(1),
          earliest: Instant(milliseconds: Int64(statement.int(2))),
          rule: rule.map { Rule(years: $0.years, member: $0.member) }))
    }
    return sums
  }

  /// One page of them, by instant, collection and id, or the other way round.
  /// - Throws: `invalid_params` for a cursor that is not of this list.
  package func page(
    until: Instant, descending: Bool = false, limit: Int, cursor: String?
  ) throws -> ItemPage {
    let after = try cursor.map(Self.position) ?? (descending ? Int.max : Int.min, "", "")
    let (sign, order) = descending ? ("<", "DESC") : (">", "ASC")
    let statement = try SQL(
      """
      SELECT fire_at, kind, subject, due FROM deadline
      WHERE fire_at <= ? AND kind >= ? AND kind < ? AND (fire_at, kind, subject) \(sign) (?, ?, ?)
      ORDER BY fire_at \(order), kind \(order), subject \(order) LIMIT ?
      """, on: db)
    statement.bind(1, Int(until.milliseconds)).bind(2, RetentionRule.prefix).bind(3, Self.end)
    statement.bind(4, after.0).bind(5, after.1).bind(6, after.2).bind(7, limit + 1)
    defer { statement.done() }
    var items: [Item] = []
    var last: JSONValue = []
    while try statement.step() {
      if items.count == limit {
        return ItemPage(items: items, next: last.encoded().withUnsafeBytes { Hex.encode($0) })
      }
      let (kind, id) = (statement.text(1), statement.text(2))
      last = [.int(statement.int(0)), .string(kind), .string(id)]
      items.append(
        Item(
          collection: Self.collection(kind), id: id, due: Instant(milliseconds: Int64(statement.int(3)))))
    }
    return ItemPage(items: items, next: nil)
  }

  private static func position(_ cursor: String) throws(RPCError) -> (Int, String, String) {
    guard let bytes = Hex.decode(cursor), let parts = (try? JSONParser.parse(bytes))?.arrayValue,
      parts.count == 3, let at = parts[0].intValue, let kind = parts[1].stringValue,
      let id = parts[2].stringValue
    else { throw .foreignCursor }
    return (at, kind, id)
  }

  private static func collection(_ deadline: String) -> String {
    String(deadline.dropFirst(RetentionRule.prefix.count))
  }
}

extension ReadTransaction {
  /// The ends of keeping as this transaction sees them; for the daemon's own modules.
  package var retention: RetentionPreview? {
    (self as? SQLReadTransaction).map { RetentionPreview($0.db, $0.catalog) }
  }
}
