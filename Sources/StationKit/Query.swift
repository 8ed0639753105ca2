/// A walk along one declared index.
public struct Query: Sendable {
  /// Name without the module's prefix.
  public var collection: String
  /// Name of a declared index, or nil for the order of creation.
  public var index: String?
  /// Values for the index's first fields, in order.
  public var equals: [IndexValue]
  /// Lower bound (inclusive) of the field after those in `equals`.
  public var from: IndexValue?
  /// Upper bound (exclusive) of the field after those in `equals`.
  public var to: IndexValue?
  /// Values of further fields, by name; other rows are passed over. Such a walk looks at
  /// ``rowsAtMost`` rows a page, so a page may be short, or empty, and have a next one.
  public var matching: [String: IndexValue] = [:]
  public var descending: Bool
  /// Rows at most, 1 to 1,000.
  public var limit: Int
  /// From the page before; nil for the first.
  public var cursor: String?
  /// Instead of a cursor, where walks are merged: the place to begin behind.
  public var after: Place?

  /// Rows that a page of a query with `matching` looks at.
  public static let rowsAtMost = 10_000

  /// A place in an index: the values of its fields after those in `equals`, then the order of insertion.
  public struct Place: Sendable, Hashable {
    public let values: [IndexValue]
    public let order: Int

    public init(values: [IndexValue], order: Int) {
      self.values = values
      self.order = order
    }
  }

  public init(
    _ collection: String, index: String? = nil, equals: [IndexValue] = [], from: IndexValue? = nil,
    to: IndexValue? = nil, descending: Bool = false, limit: Int = 100, cursor: String? = nil
  ) {
    self.collection = collection
    self.index = index
    self.equals = equals
    self.from = from
    self.to = to
    self.descending = descending
    self.limit = limit
    self.cursor = cursor
  }
}

/// One page of a list.
public struct Page: Sendable {
  public let records: [Record]
  /// Where the next page starts; nil when this is the last.
  public let next: String?
  /// The place of each record.
  public let places: [Query.Place]
  /// The place of the last row that was looked at; nil when this is the last page.
  public let end: Query.Place?

  public init(records: [Record], next: String?, places: [Query.Place], end: Query.Place?) {
    self.records = records
    self.next = next
    self.places = places
    self.end = end
  }
}
