/// Strict RFC 8259: one value, with optional whitespace around it, from the first byte to the last.
///
/// Refused beyond the grammar: a byte order mark, bytes that are not UTF-8, a lone surrogate escape, a key
/// that its object has already, and nesting beyond `maxDepth`.
public struct JSONParser {
  /// The nesting that is accepted unless the caller names another.
  public static let defaultDepth = 64
  /// A larger `maxDepth` counts as this one: the parser recurses once a level.
  public static let depthCeiling = 1024

  let base: UnsafeRawPointer
  let end: Int
  let maxDepth: Int
  var place = 0

  /// Parses a text; `maxDepth` counts arrays and objects together.
  public static func parse(
    _ bytes: UnsafeRawBufferPointer, maxDepth: Int = JSONParser.defaultDepth
  ) throws(JSONError) -> JSONValue {
    guard let base = bytes.baseAddress else { throw JSONError(.unexpectedEnd, at: 0) }
    var parser = JSONParser(base: base, end: bytes.count, maxDepth: min(maxDepth, depthCeiling))
    return try parser.document()
  }

  /// Parses a text; `maxDepth` counts arrays and objects together.
  public static func parse(
    _ bytes: [UInt8], maxDepth: Int = JSONParser.defaultDepth
  ) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) -> JSONValue in
      try parse(UnsafeRawBufferPointer(buffer), maxDepth: maxDepth)
    }
  }

  /// Parses a text; offsets of errors count from the start of the slice.
  public static func parse(
    _ bytes: ArraySlice<UInt8>, maxDepth: Int = JSONParser.defaultDepth
  ) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) -> JSONValue in
      try parse(UnsafeRawBufferPointer(buffer), maxDepth: maxDepth)
    }
  }

  /// Parses a text; offsets of errors count UTF-8 bytes.
  public static func parse(
    _ text: String, maxDepth: Int = JSONParser.defaultDepth
  ) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), maxDepth: maxDepth)
  }

  private init(base: UnsafeRawPointer, end: Int, maxDepth: Int) {
    self.base = base
    self.end = end
    self.maxDepth = maxDepth
  }

  private mutating func document() throws(JSONError) -> JSONValue {
    skipWhitespace()
    if place == 0, end > 0, byte(at: 0) == 0xEF { throw JSONError(.byteOrderMark, at: 0) }
    let value = try value(depth: 0)
    skipWhitespace()
    guard place == end else { throw JSONError(.trailingBytes, at: place) }
    return value
  }

  /// A value whose first byte is at `place`; `depth` containers are open around it.
  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    switch try next() {
    case UInt8(ascii: "\""):
      return .string(try string())
    case UInt8(ascii: "{"):
      return .object(try object(depth: depth))
    case UInt8(ascii: "["):
      return .array(try array(depth: depth))
    case UInt8(ascii: "t"):
      try literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return .number(try number())
    default:
      throw JSONError(.expectedValue, at: place)
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    guard depth < maxDepth else { throw JSONError(.depth, at: place) }
    place &+= 1
    skipWhitespace()
    var elements: [JSONValue] = []
    if try next() == UInt8(ascii: "]") {
      place &+= 1
      return elements
    }
    while true {
      elements.append(try value(depth: depth &+ 1))
      skipWhitespace()
      switch try next() {
      case UInt8(ascii: ","):
        place &+= 1
        skipWhitespace()
      case UInt8(ascii: "]"):
        place &+= 1
        return elements
      default:
        throw JSONError(.expectedComma, at: place)
      }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
    guard depth < maxDepth else { throw JSONError(.depth, at: place) }
    place &+= 1
    skipWhitespace()
    var object = JSONObject()
    if try next() == UInt8(ascii: "}") {
      place &+= 1
      return object
    }
    while true {
      let start = place
      guard try next() == UInt8(ascii: "\"") else { throw JSONError(.expectedKey, at: place) }
      let key = try string()
      let tag = keyTag(key)
      guard !object.contains(key, tag: tag) else { throw JSONError(.duplicateKey, at: start) }
      skipWhitespace()
      guard try next() == UInt8(ascii: ":") else { throw JSONError(.expectedColon, at: place) }
      place &+= 1
      skipWhitespace()
      object.append(newKey: key, tag: tag, value: try value(depth: depth &+ 1))
      skipWhitespace()
      switch try next() {
      case UInt8(ascii: ","):
        place &+= 1
        skipWhitespace()
      case UInt8(ascii: "}"):
        place &+= 1
        return object
      default:
        throw JSONError(.expectedComma, at: place)
      }
    }
  }

  private mutating func literal(_ name: StaticString) throws(JSONError) {
    // The first byte is known.
    for offset in 1..<name.utf8CodeUnitCount {
      place &+= 1
      guard try next() == name.utf8Start[offset] else { throw JSONError(.invalidLiteral, at: place) }
    }
    place &+= 1
  }

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = place
    if byte(at: place) == UInt8(ascii: "-") { place &+= 1 }
    if try next() == UInt8(ascii: "0") {
      place &+= 1
      if place < end, isDigit(byte(at: place)) { throw JSONError(.invalidNumber, at: place) }
    } else {
      try digits()
    }
    if place < end, byte(at: place) == UInt8(ascii: ".") {
      place &+= 1
      try digits()
    }
    if place < end, byte(at: place) | 0x20 == UInt8(ascii: "e") {
      place &+= 1
      let sign = try next()
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { place &+= 1 }
      try digits()
    }
    let bytes = UnsafeRawBufferPointer(start: base + start, count: place &- start)
    return JSONNumber(checked: String(decoding: bytes, as: UTF8.self))
  }

  /// One digit or more.
  private mutating func digits() throws(JSONError) {
    guard isDigit(try next()) else { throw JSONError(.invalidNumber, at: place) }
    repeat { place &+= 1 } while place < end && isDigit(byte(at: place))
  }

  @inline(__always)
  func byte(at place: Int) -> UInt8 { base.load(fromByteOffset: place, as: UInt8.self) }

  /// The byte at `place`, which is not consumed.
  @inline(__always)
  func next() throws(JSONError) -> UInt8 {
    guard place < end else { throw JSONError(.unexpectedEnd, at: place) }
    return byte(at: place)
  }

  @inline(__always)
  private mutating func skipWhitespace() {
    while place < end, isWhitespace(byte(at: place)) { place &+= 1 }
  }
}
