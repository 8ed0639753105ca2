/// What `JSONScanner.scan` found.
public enum ScanResult: Sendable, Hashable {
  /// All bytes belong to the value, which may go on.
  case needMore
  /// The value ended after that many bytes of this chunk; what follows was not looked at.
  case end(consumed: Int)
  /// No JSON value starts with these bytes; the offset counts from the start of the value.
  case failed(JSONError)
}

/// Finds the end of a JSON value in a stream of bytes that arrives in pieces of any size.
///
/// It checks the complete grammar as `JSONParser` does, but for duplicate keys, and fails at the first byte
/// that cannot continue a value, with the error the parser would give. It keeps one bit a level and nothing
/// of the text, and looks at each byte once.
///
/// An array, an object and a string end with their last byte. A number, `true`, `false` or `null` on its own
/// ends before the byte that follows it: whitespace, NUL or the `{`, `[` or `"` of another value; or with the
/// stream, see `finish()`. Whitespace before the value is accepted and counted as consumed. A caller to whom
/// it says something (a line feed between values) skips it itself and scans from the first other byte.
public struct JSONScanner: Sendable {
  enum State: UInt8 {
    case value, valueOrClose, key, keyOrClose, colon, afterValue
    case string, escape, hex, secondBackslash, secondU
    case utf8
    case minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits
    case literal
    /// A scalar on its own is complete, and waits for what delimits it.
    case scalarDone
    case done, failed
  }

  var state = State.value
  var isKey = false
  /// Which of the four digits of a `\u` escape comes next, from 0.
  var hexPlace: UInt8 = 0
  /// The first hexadecimal digit of the escape.
  var hexFirst: UInt8 = 0
  /// This escape is the second half of a surrogate pair.
  var wantsLow = false
  /// This escape is the first half of one.
  var isHigh = false
  var utf8Left = 0
  var utf8Low: UInt8 = 0
  var utf8High: UInt8 = 0
  /// `t`, `f` or `n`, and how many bytes of the literal are there.
  var literalLead: UInt8 = 0
  var literalPlace = 0
  private var depth = 0
  private let maxDepth: Int
  /// One bit a level, set for objects; the first 64 levels without an allocation.
  private var lowLevels: UInt64 = 0
  private var highLevels: [UInt64] = []
  private var error = JSONError(.unexpectedEnd, at: 0)
  /// How many bytes were scanned before this chunk.
  private var before = 0

  /// A scanner that accepts that many nested arrays and objects, at most `JSONParser.depthCeiling`.
  public init(maxDepth: Int = JSONParser.defaultDepth) {
    self.maxDepth = min(maxDepth, JSONParser.depthCeiling)
    if self.maxDepth > 64 { highLevels = Array(repeating: 0, count: (self.maxDepth - 1) / 64) }
  }

  /// Makes ready for the next value. Needed after `.end`: until then every further scan consumes nothing.
  public mutating func reset() {
    state = .value
    depth = 0
    before = 0
  }

  /// Whether nothing of a value has been seen since the start or the last reset.
  public var isAtStart: Bool { state == .value && depth == 0 }

  /// How many bytes were scanned since the start or the last reset.
  public var scanned: Int { before }

  /// Scans the next bytes of the stream. A failure is final until `reset()`.
  public mutating func scan(_ bytes: UnsafeRawBufferPointer) -> ScanResult {
    if state == .failed { return .failed(error) }
    guard let base = bytes.baseAddress else { return state == .done ? .end(consumed: 0) : .needMore }
    let end = bytes.count
    var place = 0
    while place < end {
      let byte = base.load(fromByteOffset: place, as: UInt8.self)
      let problem: JSONErrorKind?
      switch state {
      case .string:
        place &+= stringRun(base, from: place, to: end)
        if place == end { continue }
        problem = stringByte(base.load(fromByteOffset: place, as: UInt8.self))
      case .value, .valueOrClose, .key, .keyOrClose, .colon, .afterValue:
        if isWhitespace(byte) {
          place &+= 1
          continue
        }
        problem = structureByte(byte, isFirst: place &+ before == 0)
      case .utf8:
        problem = utf8Byte(byte)
      case .escape:
        problem = escapeByte(byte)
      case .hex:
        problem = hexByte(byte)
      case .secondBackslash:
        state = .secondU
        problem = byte == UInt8(ascii: "\\") ? nil : .loneSurrogate
      case .secondU:
        startHex(wantsLow: true)
        problem = byte == UInt8(ascii: "u") ? nil : .loneSurrogate
      case .literal:
        problem = literalByte(byte)
      case .minus, .zero, .integer, .point, .fraction, .exponent, .exponentSign, .exponentDigits:
        if isDigit(byte), state == .integer || state == .fraction || state == .exponentDigits {
          place &+= 1
          continue
        }
        switch numberByte(byte) {
        case .continues: problem = nil
        case .bad: problem = .invalidNumber
        case .ends:
          // The byte belongs to what surrounds the number: look at it again from there.
          state = depth == 0 ? .scalarDone : .afterValue
          continue
        }
      case .scalarDone:
        guard Self.delimits(byte) else {
          problem = .trailingBytes
          break
        }
        state = .done
        continue
      case .done, .failed:
        before &+= place
        return .end(consumed: place)
      }
      if let problem {
        error = JSONError(problem, at: before &+ place)
        state = .failed
        return .failed(error)
      }
      place &+= 1
    }
    before &+= place
    return state == .done ? .end(consumed: place) : .needMore
  }

  /// The stream has ended: `.end` if a number or a literal on its own ended with it (or the value had ended
  /// before), else the failure of a text that is too short.
  public mutating func finish() -> ScanResult {
    switch state {
    case .failed:
      return .failed(error)
    case .zero, .integer, .fraction, .exponentDigits:
      if depth == 0 { state = .done }
    case .scalarDone:
      state = .done
    default:
      break
    }
    if state == .done { return .end(consumed: 0) }
    error = JSONError(.unexpectedEnd, at: before)
    state = .failed
    return .failed(error)
  }

  /// Whether a scalar on its own may end before this byte.
  private static func delimits(_ byte: UInt8) -> Bool {
    switch byte {
    case 0, 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): true
    default: false
    }
  }

  /// A value has ended that is neither a number nor a literal on its own.
  mutating func closeValue() { state = depth == 0 ? .done : .afterValue }

  /// A literal has ended.
  mutating func closeScalar() { state = depth == 0 ? .scalarDone : .afterValue }

  private mutating func structureByte(_ byte: UInt8, isFirst: Bool) -> JSONErrorKind? {
    switch state {
    case .valueOrClose where byte == UInt8(ascii: "]"), .keyOrClose where byte == UInt8(ascii: "}"):
      pop()
      return nil
    case .value, .valueOrClose:
      return startValue(byte, isFirst: isFirst)
    case .key, .keyOrClose:
      guard byte == UInt8(ascii: "\"") else { return .expectedKey }
      isKey = true
      state = .string
      return nil
    case .colon:
      guard byte == UInt8(ascii: ":") else { return .expectedColon }
      state = .value
      return nil
    default:
      let inObject = isInObject
      if byte == UInt8(ascii: ",") {
        state = inObject ? .key : .value
      } else if byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
        pop()
      } else {
        return .expectedComma
      }
      return nil
    }
  }

  private mutating func startValue(_ byte: UInt8, isFirst: Bool) -> JSONErrorKind? {
    switch byte {
    case UInt8(ascii: "\""):
      isKey = false
      state = .string
    case UInt8(ascii: "{"):
      guard push(object: true) else { return .depth }
      state = .keyOrClose
    case UInt8(ascii: "["):
      guard push(object: false) else { return .depth }
      state = .valueOrClose
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      literalLead = byte
      literalPlace = 1
      state = .literal
    case UInt8(ascii: "-"):
      state = .minus
    case UInt8(ascii: "0"):
      state = .zero
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      state = .integer
    default:
      return isFirst && byte == 0xEF ? .byteOrderMark : .expectedValue
    }
    return nil
  }

  private var isInObject: Bool {
    let level = depth &- 1
    if level < 64 { return lowLevels >> UInt64(truncatingIfNeeded: level) & 1 == 1 }
    return highLevels[level / 64 - 1] >> UInt64(level % 64) & 1 == 1
  }

  private mutating func push(object: Bool) -> Bool {
    guard depth < maxDepth else { return false }
    let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: depth & 63)
    if depth < 64 {
      lowLevels = object ? lowLevels | bit : lowLevels & ~bit
    } else {
      let word = highLevels[depth / 64 - 1]
      highLevels[depth / 64 - 1] = object ? word | bit : word & ~bit
    }
    depth &+= 1
    return true
  }

  private mutating func pop() {
    depth &-= 1
    closeValue()
  }
}
