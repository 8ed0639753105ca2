/// A path to a place in a JSON value (RFC 6901); the empty one is the whole value.
public struct JSONPointer: Sendable {
  /// The tokens from the root on, not escaped; an index is in decimal.
  public private(set) var tokens: [String]

  /// The whole value.
  public init() { tokens = [] }

  /// A path of those tokens, not escaped.
  public init(tokens: [String]) { self.tokens = tokens }

  /// Reads the written form (RFC 6901 section 3), nil if it is not one: it is empty or starts with `/`, and
  /// after every `~` comes 0 or 1.
  public init?(_ text: String) {
    tokens = []
    if text.utf8.isEmpty { return }
    var token: [UInt8]?
    var isEscape = false
    for byte in text.utf8 {
      if isEscape {
        guard byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") else { return nil }
        token?.append(byte == UInt8(ascii: "0") ? UInt8(ascii: "~") : UInt8(ascii: "/"))
        isEscape = false
      } else if byte == UInt8(ascii: "/") {
        if let token { tokens.append(String(decoding: token, as: UTF8.self)) }
        token = []
      } else {
        guard token != nil else { return nil }
        if byte == UInt8(ascii: "~") {
          isEscape = true
        } else {
          token?.append(byte)
        }
      }
    }
    guard let token, !isEscape else { return nil }
    tokens.append(String(decoding: token, as: UTF8.self))
  }

  /// The path to a member of the object at this path.
  public func appending(_ key: String) -> JSONPointer { JSONPointer(tokens: tokens + [key]) }

  /// The path to an element of the array at this path.
  public func appending(_ index: Int) -> JSONPointer { appending(String(index)) }

  /// The same path seen from the value that has this one as its member `token`.
  mutating func prepend(_ token: String) { tokens.insert(token, at: 0) }

  /// The value at this path, nil if there is none (RFC 6901 section 4).
  public func resolve(in root: JSONValue) -> JSONValue? {
    var value = root
    for token in tokens {
      switch value {
      case .object(let object):
        guard let member = object[token] else { return nil }
        value = member
      case .array(let elements):
        guard let index = Self.index(token), index < elements.count else { return nil }
        value = elements[index]
      default:
        return nil
      }
    }
    return value
  }

  /// An index has digits only and no leading zero.
  private static func index(_ token: String) -> Int? {
    guard token.utf8.allSatisfy(isDigit), token.utf8.count == 1 || token.utf8.first != UInt8(ascii: "0")
    else { return nil }
    return Int(token)
  }
}

extension JSONPointer: Hashable {
  public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
    left.tokens.elementsEqual(right.tokens, by: sameBytes)
  }

  public func hash(into hasher: inout Hasher) {
    for token in tokens { hashBytes(of: token, into: &hasher) }
  }
}

extension JSONPointer: CustomStringConvertible {
  /// The written form: `~` as `~0` and `/` as `~1` inside a token.
  public var description: String {
    var output: [UInt8] = []
    for token in tokens {
      output.append(UInt8(ascii: "/"))
      for byte in token.utf8 {
        switch byte {
        case UInt8(ascii: "~"): output.append(contentsOf: "~0".utf8)
        case UInt8(ascii: "/"): output.append(contentsOf: "~1".utf8)
        default: output.append(byte)
        }
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
