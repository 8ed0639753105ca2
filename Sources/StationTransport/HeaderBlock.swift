import StationRPC

/// Reads the header block in front of a message (Language Server Protocol, "Base Protocol").
///
/// Names are matched without regard to case; a header other than `Content-Length` is read and ignored.
/// The block may arrive in pieces: no byte is looked at twice, but those of the line that is not yet whole.
package struct HeaderBlock: Sendable {
  /// Bytes that one block may have, the empty line at its end included.
  package static let byteLimit = 4096

  package enum Outcome: Sendable, Equatable {
    /// The block has not ended yet.
    case needMore
    /// The block took `consumed` bytes; a body of `bodyLength` bytes follows.
    case complete(bodyLength: Int, consumed: Int)
    case failed(WireError)
  }

  private var lineStart = 0
  private var examined = 0
  private var bodyLength: Int?

  package init() {}

  /// Goes on where it stopped; `block` starts at the first byte of the block every time.
  package mutating func scan(_ block: UnsafeRawBufferPointer) -> Outcome {
    if let first = block.first, !Self.isLetter(first) {
      return .failed(.badHeader(reason: "a header is expected"))
    }
    let reach = min(block.count, Self.byteLimit)
    while examined < reach {
      let byte = block[examined]
      examined += 1
      guard byte == UInt8(ascii: "\n") else { continue }
      var lineEnd = examined - 1
      if lineEnd > lineStart, block[lineEnd - 1] == UInt8(ascii: "\r") { lineEnd -= 1 }
      let line = UnsafeRawBufferPointer(rebasing: block[lineStart..<lineEnd])
      lineStart = examined
      if line.isEmpty {
        guard let bodyLength else { return .failed(.badHeader(reason: "Content-Length is missing")) }
        return .complete(bodyLength: bodyLength, consumed: examined)
      }
      if let error = field(line) { return .failed(error) }
    }
    return examined < Self.byteLimit
      ? .needMore : .failed(.badHeader(reason: "the header block is too long"))
  }

  /// One `name: value` line; what is wrong with it, or nil.
  private mutating func field(_ line: UnsafeRawBufferPointer) -> WireError? {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      return .badHeader(reason: "a header has no colon")
    }
    let name = line[..<colon]
    guard !name.isEmpty, name.allSatisfy(Self.isNameByte) else {
      return .badHeader(reason: "not a header name")
    }
    guard Self.isContentLength(name) else { return nil }
    guard bodyLength == nil else { return .badHeader(reason: "Content-Length is there twice") }
    var value = line[(colon + 1)...]
    while let byte = value.first, Self.isBlank(byte) { value.removeFirst() }
    while let byte = value.last, Self.isBlank(byte) { value.removeLast() }
    var length = 0
    for byte in value {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
        return .badHeader(reason: "Content-Length is not a number")
      }
      let (product, tooLarge) = length.multipliedReportingOverflow(by: 10)
      let (sum, tooLargeToo) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard !tooLarge, !tooLargeToo else { return .frameTooLarge }
      length = sum
    }
    guard !value.isEmpty else { return .badHeader(reason: "Content-Length is not a number") }
    bodyLength = length
    return nil
  }

  /// The first bytes of every header that may open a connection, in lower case.
  private static let opening: StaticString = "content-"

  /// Whether a connection that starts with these bytes speaks in header blocks; nil while more must be seen.
  package static func opens(_ bytes: UnsafeRawBufferPointer) -> Bool? {
    let count = min(bytes.count, opening.utf8CodeUnitCount)
    for index in 0..<count where bytes[index] | 0x20 != opening.utf8Start[index] | 0x20 { return false }
    return count == opening.utf8CodeUnitCount ? true : nil
  }

  private static func isContentLength(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
    let expected: StaticString = "content-length"
    guard name.count == expected.utf8CodeUnitCount else { return false }
    var index = 0
    for byte in name {
      if byte | 0x20 != expected.utf8Start[index] | 0x20 { return false }
      index += 1
    }
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isLetter(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
