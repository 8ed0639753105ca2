import StationJSON

/// A kind of record that a module owns, declared as data.
public struct Collection: Sendable {
  /// Name without the module's prefix: `request` of module `support` is `support.request`.
  public let name: String
  public let summary: Text
  /// JSON Schema of the body; checked at every put.
  public let schema: JSONValue
  /// Members of the body that are kept in columns of their own, to be indexed and counted.
  public let fields: [Field]
  public let indexes: [Index]
  /// JSON pointers of members that are personal data.
  public let personal: [String]
  /// How long a record is kept after it is closed.
  public let retention: Retention
  /// Few, often read and seldom written: the writer keeps decoded records in memory.
  public let cached: Bool

  public init(
    name: String, summary: Text, schema: JSONValue, fields: [Field] = [], indexes: [Index] = [],
    personal: [String] = [], retention: Retention, cached: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.schema = schema
    self.fields = fields
    self.indexes = indexes
    self.personal = personal
    self.retention = retention
    self.cached = cached
  }

  /// A top-level member of the body kept as a column. Absent or null members are NULL.
  public struct Field: Sendable, Hashable {
    public let name: String
    public let type: FieldType

    public init(_ name: String, _ type: FieldType) {
      self.name = name
      self.type = type
    }
  }

  public enum FieldType: String, Sendable { case text, integer }

  /// An index over fields, in order. The store adds the order of insertion as the last key.
  public struct Index: Sendable, Hashable {
    public let name: String
    public let fields: [String]
    public let unique: Bool

    public init(_ name: String, on fields: [String], unique: Bool = false) {
      self.name = name
      self.fields = fields
      self.unique = unique
    }
  }

  public enum Retention: Sendable, Hashable {
    case forever
    case years(Int)
  }
}
