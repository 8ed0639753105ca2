extension JSONValue {
  /// Appends the value without whitespace, members in their order, numbers byte for byte.
  public func encode(into output: inout [UInt8]) {
    switch self {
    case .null:
      output.append(contentsOf: "null".utf8)
    case .bool(let value):
      output.append(contentsOf: value ? "true".utf8 : "false".utf8)
    case .number(let number):
      number.encode(into: &output)
    case .string(let string):
      JSONWriter.write(string, into: &output)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      var isFirst = true
      for element in elements {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        element.encode(into: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let object):
      object.encode(into: &output)
    }
  }

  /// The value without whitespace.
  public func encoded() -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(256)
    encode(into: &output)
    return output
  }

  /// The value without whitespace, as a string.
  public var encodedString: String { String(decoding: encoded(), as: UTF8.self) }

  /// The value for a person: two spaces a level, a member a line, no line feed at the end.
  public var prettyPrinted: String {
    var output: [UInt8] = []
    pretty(into: &output, indent: 0)
    return String(decoding: output, as: UTF8.self)
  }

  /// The bytes to take a digest of: no whitespace, the keys of every object sorted by their UTF-8 bytes,
  /// strings escaped as in `encode(into:)`. Numbers stay as written, so `1` and `1.0` differ.
  public var canonical: [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(256)
    encodeCanonical(into: &output)
    return output
  }

  /// Appends the bytes of `canonical`.
  public func encodeCanonical(into output: inout [UInt8]) {
    switch self {
    case .null, .bool, .number, .string:
      encode(into: &output)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      var isFirst = true
      for element in elements {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        element.encodeCanonical(into: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let object):
      output.append(UInt8(ascii: "{"))
      var isFirst = true
      for member in object.members.sorted(by: { bytesPrecede($0.key, $1.key) }) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        JSONWriter.write(member.key, into: &output)
        output.append(UInt8(ascii: ":"))
        member.value.encodeCanonical(into: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private func pretty(into output: inout [UInt8], indent: Int) {
    func line(_ level: Int) {
      output.append(UInt8(ascii: "\n"))
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
    }
    switch self {
    case .array(let elements) where !elements.isEmpty:
      output.append(UInt8(ascii: "["))
      for (place, element) in elements.enumerated() {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        line(indent + 1)
        element.pretty(into: &output, indent: indent + 1)
      }
      line(indent)
      output.append(UInt8(ascii: "]"))
    case .object(let object) where !object.isEmpty:
      output.append(UInt8(ascii: "{"))
      for (place, member) in object.members.enumerated() {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        line(indent + 1)
        JSONWriter.write(member.key, into: &output)
        output.append(contentsOf: ": ".utf8)
        member.value.pretty(into: &output, indent: indent + 1)
      }
      line(indent)
      output.append(UInt8(ascii: "}"))
    default:
      encode(into: &output)
    }
  }
}

extension JSONNumber {
  /// Appends the literal as it is.
  public func encode(into output: inout [UInt8]) { output.append(contentsOf: literal.utf8) }
}

extension JSONObject {
  /// Appends the object without whitespace, members in their order.
  public func encode(into output: inout [UInt8]) {
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for member in members {
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      JSONWriter.write(member.key, into: &output)
      output.append(UInt8(ascii: ":"))
      member.value.encode(into: &output)
    }
    output.append(UInt8(ascii: "}"))
  }
}
