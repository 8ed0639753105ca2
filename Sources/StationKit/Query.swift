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
  public var descending: Bool
  /// Rows at most, 1 to 1,000.
  public var limit: Int
  /// From the page before; nil for the first.
  public var cursor: String?

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

  public init(records: [Record], next: String?) {
    self.records = records
    self.next = next
  }
}
