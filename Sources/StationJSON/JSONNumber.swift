/// A JSON number, kept as it was written (RFC 8259 section 6).
///
/// Equality and hashing are of the literal: `1`, `1.0` and `1e0` are three numbers. There is no conversion to
/// a floating-point type: an id or an amount is read exactly or not at all.
public struct JSONNumber: Sendable {
  /// The bytes of the number as they came, or as they will be sent.
  public let literal: String

  /// A number for an integer, in decimal.
  @inlinable
  public init(_ value: Int) { literal = String(value) }

  /// A number from its literal, nil unless that is a JSON number from its first byte to its last.
  public init?(literal: String) {
    guard Self.isNumber(literal) else { return nil }
    self.literal = literal
  }

  /// For a literal already checked.
  init(checked literal: String) { self.literal = literal }

  /// The exact integer: nil if the literal has a fraction or an exponent, or is outside of 64 bits.
  public var intValue: Int? {
    let utf8 = literal.utf8
    let fast = utf8.withContiguousStorageIfAvailable { Self.integer(UnsafeRawBufferPointer($0)) }
    return fast ?? Array(utf8).withUnsafeBytes { Self.integer($0) }
  }

  private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var place = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { place = 1 }
    guard place < bytes.count else { return nil }
    // Counted down, so that Int.min needs no special case. Eighteen digits cannot overflow.
    let isShort = bytes.count <= 18
    var result = 0
    while place < bytes.count {
      let digit = bytes[place] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      if isShort {
        result = result &* 10 &- Int(digit)
      } else {
        let (scaled, isBeyond) = result.multipliedReportingOverflow(by: 10)
        let (sum, isBelow) = scaled.subtractingReportingOverflow(Int(digit))
        guard !isBeyond, !isBelow else { return nil }
        result = sum
      }
      place &+= 1
    }
    if isNegative { return result }
    return result == .min ? nil : -result
  }

  private static func isNumber(_ literal: String) -> Bool {
    var scanner = JSONScanner()
    var copy = literal
    let accepted = copy.withUTF8 { bytes -> Bool in
      guard let first = bytes.first, first == UInt8(ascii: "-") || isDigit(first) else { return false }
      guard case .needMore = scanner.scan(UnsafeRawBufferPointer(bytes)) else { return false }
      return true
    }
    guard accepted, case .end = scanner.finish() else { return false }
    return true
  }
}

extension JSONNumber: Hashable {
  public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    // Literals are ASCII, for which equality of strings is equality of bytes.
    left.literal == right.literal
  }
}

extension JSONNumber: ExpressibleByIntegerLiteral {
  @inlinable
  public init(integerLiteral value: Int) { self.init(value) }
}

extension JSONNumber: CustomStringConvertible {
  public var description: String { literal }
}
