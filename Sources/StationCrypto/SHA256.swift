import COpenSSL

/// SHA-256 (FIPS 180-4), in one call or step by step. Neither way allocates.
package struct SHA256: Sendable {
  private var context = SHA256_CTX()

  /// A hash of nothing yet.
  package init() {
    station_sha256_init(&context)
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    station_sha256_update(&context, bytes.baseAddress, bytes.count)
  }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds the 32 bytes of a digest to what is hashed.
  package mutating func update(_ digest: Digest32) {
    digest.withUnsafeBytes { update($0) }
  }

  /// The digest of all that was added. More can be added afterwards: the state stays as it was.
  package func finalize() -> Digest32 {
    var copy = context
    var digest = Digest32()
    digest.withUnsafeMutableBytes { station_sha256_final(&copy, $0.baseAddress) }
    return digest
  }

  /// The digest of these bytes.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
    var digest = Digest32()
    digest.withUnsafeMutableBytes { station_sha256(bytes.baseAddress, bytes.count, $0.baseAddress) }
    return digest
  }

  /// The digest of these bytes.
  package static func hash(_ bytes: [UInt8]) -> Digest32 {
    bytes.withUnsafeBytes { hash($0) }
  }

  /// The digest of one byte followed by others: the domain-separated form that Merkle trees use.
  package static func hash(prefix: UInt8, _ bytes: UnsafeRawBufferPointer) -> Digest32 {
    var digest = Digest32()
    digest.withUnsafeMutableBytes {
      station_sha256_prefixed(prefix, bytes.baseAddress, bytes.count, $0.baseAddress)
    }
    return digest
  }

  /// The digest of one byte followed by two digests.
  package static func hash(prefix: UInt8, _ left: Digest32, _ right: Digest32) -> Digest32 {
    withUnsafeBytes(of: (left, right)) { hash(prefix: prefix, $0) }
  }
}
