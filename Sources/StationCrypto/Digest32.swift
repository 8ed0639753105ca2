/// 32 bytes held inline: a SHA-256 digest, a Merkle root, a salt.
package struct Digest32: Sendable, Hashable {
  /// The number of bytes.
  package static let byteCount = 32

  // The four words hold the bytes as they lie in memory, whatever the machine's byte order.
  @usableFromInline var word0: UInt64 = 0
  @usableFromInline var word1: UInt64 = 0
  @usableFromInline var word2: UInt64 = 0
  @usableFromInline var word3: UInt64 = 0

  /// 32 zero bytes.
  @inlinable package init() {}

  /// The digest with exactly these bytes; nil if there are not 32 of them.
  @inlinable package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Digest32.byteCount else { return nil }
    withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
  }

  /// The digest with exactly these bytes; nil if there are not 32 of them.
  package init?(_ bytes: [UInt8]) {
    guard let digest = bytes.withUnsafeBytes({ Digest32($0) }) else { return nil }
    self = digest
  }

  /// The digest written as 64 lowercase hexadecimal digits.
  package init?(hex: String) {
    guard let bytes = Hex.decode(hex), let digest = Digest32(bytes) else { return nil }
    self = digest
  }

  /// The digest written as canonical, padded standard base64 (RFC 4648 section 4).
  package init?(base64: String) {
    guard let bytes = Base64.decode(base64), let digest = Digest32(bytes) else { return nil }
    self = digest
  }

  /// The 32 bytes, in order, without a copy.
  @inlinable package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Swift.withUnsafeBytes(of: self, body)
  }

  @inlinable package mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Swift.withUnsafeMutableBytes(of: &self, body)
  }

  /// The 32 bytes, in order.
  package var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

  /// 64 lowercase hexadecimal digits.
  package var hex: String { withUnsafeBytes { Hex.encode($0) } }

  /// 44 characters of standard base64, padding included.
  package var base64: String { withUnsafeBytes { Base64.encode($0) } }
}

extension Digest32: CustomStringConvertible {
  package var description: String { hex }
}
