/// One JSON value (RFC 8259), numbers kept as written and objects in the order of their members.
///
/// Two strings are equal when their UTF-8 bytes are (RFC 8259 section 8.3): unlike `String`'s own `==`,
/// `"é"` in one code point and in two are different values and different keys.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// An integer, written in decimal.
  @inlinable
  public static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

  /// True for `null` only.
  @inlinable
  public var isNull: Bool {
    if case .null = self { return true }
    return false
  }

  /// The truth value, nil unless this is `true` or `false`.
  @inlinable
  public var boolValue: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// The string, nil unless this is one.
  @inlinable
  public var stringValue: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  /// The exact integer, nil unless this is a number that `JSONNumber.intValue` accepts.
  @inlinable
  public var intValue: Int? {
    if case .number(let value) = self { return value.intValue }
    return nil
  }

  /// The number as written, nil unless this is one.
  @inlinable
  public var numberValue: JSONNumber? {
    if case .number(let value) = self { return value }
    return nil
  }

  /// The elements, nil unless this is an array.
  @inlinable
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { return value }
    return nil
  }

  /// The members, nil unless this is an object.
  @inlinable
  public var objectValue: JSONObject? {
    if case .object(let value) = self { return value }
    return nil
  }

  /// The member of that name, nil unless this is an object that has it.
  @inlinable
  public subscript(key: String) -> JSONValue? {
    if case .object(let value) = self { return value[key] }
    return nil
  }
}

extension JSONValue: Hashable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): sameBytes(a, b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null:
      hasher.combine(0 as UInt8)
    case .bool(let value):
      hasher.combine(1 as UInt8)
      hasher.combine(value)
    case .number(let value):
      hasher.combine(2 as UInt8)
      hasher.combine(value)
    case .string(let value):
      hasher.combine(3 as UInt8)
      hashBytes(of: value, into: &hasher)
    case .array(let value):
      hasher.combine(4 as UInt8)
      hasher.combine(value)
    case .object(let value):
      hasher.combine(5 as UInt8)
      hasher.combine(value)
    }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The encoded value. It may hold personal data: not for logs.
  public var description: String { encodedString }
}
