import StationJSON

/// A kind of record that a module owns, declared as data.
public struct Collection: Sendable {
  /// Name without the module's prefix: `request` of module `support` is `support.request`.
  public let name: String
  public let summary: Text
  /// JSON Schema of the body; checked at every put. What is asked for in one line is a text here.
  @Packed public var schema: JSONValue
  /// Members of the body that are kept in columns of their own, to be indexed and counted.
  public let fields: [Field]
  public let indexes: [Index]
  /// JSON pointers of top-level members (`/name`) that are personal data: each is encrypted at rest as one
  /// value, with the key of the record's subject.
  public let personal: [String]
  /// Whose key that is.
  public let subject: Subject
  /// How long a record is kept, and from when.
  public let retention: Retention
  /// Few, often read and seldom written: the writer keeps decoded records in memory.
  public let cached: Bool
  /// Whether `audit.open` gives out what a record says, with the salt of its commitment, so that it can be proved to
  /// others. Not where members are personal.
  public let openable: Bool

  public init(
    name: String, summary: Text, schema: JSONValue, fields: [Field] = [], indexes: [Index] = [],
    personal: [String] = [], subject: Subject = .own, retention: Retention, cached: Bool = false,
    openable: Bool = false
  ) {
    self.name = name
    self.summary = summary
    _schema = Packed(Shapes.kept(schema))
    self.fields = fields
    self.indexes = indexes
    self.personal = personal
    self.subject = subject
    self.retention = retention
    self.cached = cached
    self.openable = openable
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

  public enum FieldType: String, Sendable {
    case text, integer
    /// For a personal member that is a text: the column holds a keyed, truncated digest of it, so that it can be
    /// found by its exact value and by nothing else. A query gives the value itself; what it finds is compared
    /// again after decryption. Not for unique indexes, ranges, order or `forEach`.
    case blind
  }

  /// The person (or case) whose key encrypts a record's personal members, and with whom they are erased.
  public enum Subject: Sendable, Hashable {
    /// The record's own id.
    case own
    /// A top-level member, a text that is not personal itself, and that no put changes.
    case member(String)
  }

  /// An index over fields, in order. The store adds the order of insertion as the last key.
  public struct Index: Sendable, Hashable {
    public let name: String
    public let fields: [String]
    /// Fields that its entries hold without being ordered by them, so that a walk can match them (`Query.matching`)
    /// and does not load what it passes over.
    public let holding: [String]
    public let unique: Bool

    public init(_ name: String, on fields: [String], holding: [String] = [], unique: Bool = false) {
      self.name = name
      self.fields = fields
      self.holding = holding
      self.unique = unique
    }
  }

  public enum Retention: Sendable, Hashable {
    case forever
    /// Years after the instant (RFC 3339) in a top-level member; while the member is absent, the record is kept.
    case years(Int, after: String)
  }
}
