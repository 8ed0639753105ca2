/// A compiled schema: the part of JSON Schema 2020-12 that means the same under draft-07, and nothing else.
///
/// A keyword, a format or a reference that it does not know is an error when the schema is compiled, so that
/// no rule is silently ignored. Known are `type`, `enum`, `const`, `properties`, `required`,
/// `additionalProperties`, `minProperties`, `maxProperties`, `items`, `minItems`, `maxItems`, `uniqueItems`,
/// `minimum`, `maximum`, `minLength`, `maxLength`, `format` (see `JSONSchemaFormat`; asserted), `allOf`,
/// `anyOf`, `oneOf`, `$ref` to `#/$defs/…` with `$defs` at the root, the annotations `title`,
/// `description`, `default`, `examples`, `deprecated`, `$comment`, `$schema`, and everything that starts
/// with `x-`. Besides `$ref` only annotations may stand, because draft-07 ignores all else there.
///
/// Stricter than the standard: an `integer` is a number written as one (`1`, not `1.0` or `1e0`) that fits 64
/// bits, and `enum`, `const` and `uniqueItems` compare numbers as they are written.
public struct JSONSchema: Sendable {
  /// Why a value does not satisfy a schema. The message says what the schema wants and holds nothing of the
  /// value; the pointer names members of it.
  public struct Violation: Sendable, Hashable {
    /// The offending place; for a member that is unknown or missing, the place of that member itself.
    public internal(set) var pointer: JSONPointer
    /// The keyword that refuses the value, `false` for a schema that is just `false`.
    public let keyword: String
    /// A clause for a person, to be read after the pointer.
    public let message: String
    /// The same in Chinese.
    public let chinese: String
  }

  private let root: SchemaNode
  private let definitions: [SchemaNode]

  /// Compiles a schema.
  public init(_ source: JSONValue) throws(JSONSchemaError) {
    var compiler = SchemaCompiler()
    (root, definitions) = try compiler.compile(root: source)
  }

  /// The first violation in the order of the value's members, nil if the value satisfies the schema; missing
  /// members come after those that are there. Allocates nothing on success, except for `uniqueItems` on
  /// arrays of more than 16 elements.
  public func validate(_ value: JSONValue) -> Violation? {
    var report = SchemaReport(limit: 1)
    if root.check(value, definitions, &report) { return nil }
    return report.violations.first
  }

  /// The violations in the order of the value's members, at most that many.
  public func validateAll(_ value: JSONValue, limit: Int = 100) -> [Violation] {
    var report = SchemaReport(limit: max(limit, 1))
    _ = root.check(value, definitions, &report)
    return Array(report.violations.prefix(max(limit, 0)))
  }

  /// Whether the value satisfies the schema, without saying why not.
  public func accepts(_ value: JSONValue) -> Bool {
    var report = SchemaReport(limit: 0)
    return root.check(value, definitions, &report)
  }
}

/// What is wrong with a schema: a mistake of its author, found when it is compiled.
public struct JSONSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The offending place in the schema.
  public let pointer: JSONPointer
  /// A clause for the author.
  public let reason: String

  public var description: String { "schema at '\(pointer)': \(reason)" }
}
