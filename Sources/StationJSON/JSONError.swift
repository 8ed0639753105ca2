/// What is wrong with a text that should be JSON. The raw values are stable: clients may see them.
public enum JSONErrorKind: String, Sendable, Hashable, CaseIterable {
  /// The text ends inside a value, or holds none.
  case unexpectedEnd = "unexpected_end"
  /// A byte order mark in front (RFC 8259 section 8.1).
  case byteOrderMark = "byte_order_mark"
  /// No value starts with this byte.
  case expectedValue = "expected_value"
  /// A member of an object must start with a string here.
  case expectedKey = "expected_key"
  /// A colon must follow the key.
  case expectedColon = "expected_colon"
  /// A comma or the closing bracket that matches must follow the value.
  case expectedComma = "expected_comma"
  /// Neither `true`, `false` nor `null`.
  case invalidLiteral = "invalid_literal"
  /// Not a number (RFC 8259 section 6): a leading zero, a sign or a point without digits.
  case invalidNumber = "invalid_number"
  /// A backslash before something that is no escape (RFC 8259 section 7).
  case invalidEscape = "invalid_escape"
  /// A `\u` escape of one half of a surrogate pair without the other.
  case loneSurrogate = "lone_surrogate"
  /// A control character inside a string, not escaped.
  case controlCharacter = "control_character"
  /// Bytes that are not UTF-8 (RFC 3629): cut, overlong, a surrogate or beyond U+10FFFF.
  case invalidUTF8 = "invalid_utf8"
  /// Arrays and objects nested beyond the limit.
  case depth
  /// A key that its object has already.
  case duplicateKey = "duplicate_key"
  /// Something other than whitespace after the value.
  case trailingBytes = "trailing_bytes"
}

/// Where and why a text is not JSON. It holds nothing of the text itself.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  public let kind: JSONErrorKind
  /// The place of the first byte that cannot continue a JSON text, counted from 0; for a key that is there
  /// already, the place of its opening quote; for a text that is too short, its length.
  public let offset: Int

  public init(_ kind: JSONErrorKind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }

  /// A sentence for a person.
  public var description: String { "\(kind.explanation) at byte \(offset)" }
}

extension JSONErrorKind {
  /// A clause for a person, without the place.
  public var explanation: String {
    switch self {
    case .unexpectedEnd: "the JSON text ends too early"
    case .byteOrderMark: "a byte order mark is not allowed"
    case .expectedValue: "a JSON value is expected"
    case .expectedKey: "a key in double quotes is expected"
    case .expectedColon: "a colon is expected"
    case .expectedComma: "a comma or the matching closing bracket is expected"
    case .invalidLiteral: "only true, false and null are written without quotes"
    case .invalidNumber: "not a JSON number"
    case .invalidEscape: "not a JSON escape"
    case .loneSurrogate: "half of a surrogate pair"
    case .controlCharacter: "a control character must be escaped"
    case .invalidUTF8: "not UTF-8"
    case .depth: "arrays and objects are nested too deep"
    case .duplicateKey: "the object has this key already"
    case .trailingBytes: "something follows the JSON value"
    }
  }
}
