import StationKit

/// A place in a list: the rank (or, in a unit's list, the priority) and the id of the last item shown.
struct Position {
  let rank: Int
  let id: String

  init(rank: Int, id: String) {
    self.rank = rank
    self.id = id
  }

  /// - Throws: `invalid_params` unless it is a cursor that a list has given.
  init(_ text: String) throws(RPCError) {
    let bytes = text.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let rank = Int(text[..<colon]), rank >= 0,
      bytes.distance(from: colon, to: bytes.endIndex) > 8
    else { throw .invalid(Text("Not a cursor of this list", zh: "游标无效"), pointer: "/cursor") }
    self.rank = rank
    id = String(text[text.index(after: colon)...])
  }

  var text: String { "\(rank):\(id)" }

  /// Whether this comes before another in rising order.
  func precedes(_ other: Position) -> Bool {
    rank != other.rank ? rank < other.rank : RequestID.precedes(id, other.id)
  }
}

/// One walk along an index in the order of its last field, a page at a time, starting after a position.
struct Walk {
  private var query: Query
  /// The index's last field: `rank` or `priority`.
  private let field: String
  private let after: Position?
  private var page: [Record] = []
  private var place = 0
  private var isDone = false

  /// Nil if nothing of the walk can come after the position.
  init?(_ query: Query, by field: String, after: Position?) {
    self.query = query
    self.field = field
    self.after = after
    guard let after else { return }
    // Those of the position's own rank are looked at again and passed over by id.
    if query.descending {
      let to = min(after.rank + 1, query.to?.integer ?? Int.max)
      guard to > query.from?.integer ?? 0 else { return nil }
      self.query.to = .integer(to)
    } else {
      let from = max(after.rank, query.from?.integer ?? 0)
      guard from < query.to?.integer ?? Int.max else { return nil }
      self.query.from = .integer(from)
    }
  }

  var head: Record? { place < page.count ? page[place] : nil }

  var position: Position? { head.map { Position(rank: $0[field]?.intValue ?? 0, id: $0.id) } }

  /// Reads on until there is a head or nothing is left.
  mutating func fill(_ tx: any ReadTransaction) throws {
    while head == nil, !isDone {
      let next = try tx.query(query)
      page = next.records
      place = 0
      query.cursor = next.next
      isDone = next.next == nil
      skip()
    }
  }

  mutating func advance(_ tx: any ReadTransaction) throws {
    place += 1
    try fill(tx)
  }

  private mutating func skip() {
    guard let after else { return }
    while let position {
      if query.descending ? position.precedes(after) : after.precedes(position) { return }
      place += 1
    }
  }

  /// The walk whose head comes first; nil if all are at their end.
  static func first(_ walks: [Walk], _ descending: Bool) -> Int? {
    var best: (index: Int, position: Position)?
    for (index, walk) in walks.enumerated() {
      guard let position = walk.position else { continue }
      if let found = best {
        guard descending ? found.position.precedes(position) : position.precedes(found.position) else {
          continue
        }
      }
      best = (index, position)
    }
    return best?.index
  }
}
