import StationKit

/// A place in the list: the rank and the order of opening.
struct Position {
  let rank: Int
  let order: Int

  init(_ place: Query.Place) {
    rank = place.values.first?.integer ?? 0
    order = place.order
  }

  /// - Throws: `invalid_params` unless it is a cursor that a list has given.
  init(_ text: String) throws(RPCError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let rank = parts[0], let order = parts[1], rank >= 0, order >= 0 else {
      throw .foreignCursor
    }
    self.rank = rank
    self.order = order
  }

  var text: String { "\(rank):\(order)" }

  var place: Query.Place { Query.Place(values: [.integer(rank)], order: order) }

  /// Whether this comes before another in rising order.
  func precedes(_ other: Position) -> Bool { (rank, order) < (other.rank, other.order) }
}

/// One walk along the queue of a state, a page at a time, starting after a position.
struct Walk {
  private var query: Query
  private var page = Page(records: [], next: nil, places: [], end: nil)
  private var next = 0
  private var isDone = false

  /// Nil if nothing of the walk can come after the position.
  init?(_ query: Query, after: Position?) {
    self.query = query
    guard let after else { return }
    let from = query.from?.integer ?? 0
    let to = query.to?.integer ?? Int.max
    guard query.descending ? after.rank >= from : after.rank < to else { return nil }
    // A place outside the walk's range is before all of it.
    if (from..<to).contains(after.rank) { self.query.after = after.place }
  }

  var head: Record? { next < page.records.count ? page.records[next] : nil }

  /// The head's place; without a head, the last that was looked at; nil at the end.
  var position: Position? {
    if next < page.places.count { return Position(page.places[next]) }
    return isDone ? nil : query.after.map(Position.init)
  }

  /// Reads on until there is a head or nothing is left, as long as `pages` lasts.
  mutating func fill(_ tx: any ReadTransaction, _ pages: inout Int) throws {
    while head == nil, !isDone, pages > 0 {
      pages -= 1
      page = try tx.query(query)
      next = 0
      query.after = page.end
      isDone = page.end == nil
    }
  }

  mutating func advance(_ tx: any ReadTransaction, _ pages: inout Int) throws {
    next += 1
    try fill(tx, &pages)
  }

  /// The walk that stands first; nil if all are at their end.
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
