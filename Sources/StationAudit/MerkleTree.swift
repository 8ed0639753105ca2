import StationCrypto

/// The hashes of an RFC 6962 Merkle tree (section 2.1), and the one place of the log that names its
/// algorithm.
package enum MerkleTree {
  /// The most leaves a tree may have. 63 bits, so that a size is also a signed 64-bit number in databases and
  /// in other people's verifiers.
  package static let maximumSize = UInt64(Int64.max)

  /// The root of the tree without leaves: the hash of nothing.
  package static let emptyRoot = SHA256.hash([])

  /// H(0x00 ‖ data).
  package static func leafHash(_ data: UnsafeRawBufferPointer) -> Digest32 {
    SHA256.hash(prefix: 0x00, data)
  }

  /// H(0x00 ‖ data).
  package static func leafHash(_ data: [UInt8]) -> Digest32 {
    data.withUnsafeBytes { leafHash($0) }
  }

  /// H(0x01 ‖ left ‖ right).
  package static func nodeHash(_ left: Digest32, _ right: Digest32) -> Digest32 {
    SHA256.hash(prefix: 0x01, left, right)
  }

  /// The largest power of two below `count`, which must be at least 2: where RFC 6962 splits so many leaves.
  static func split(_ count: UInt64) -> UInt64 {
    1 << UInt64(63 - (count - 1).leadingZeroBitCount)
  }
}
