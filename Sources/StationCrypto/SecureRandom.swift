import COpenSSL

/// Bytes from libcrypto's generator, which the kernel seeds.
package enum SecureRandom {
  /// So many random bytes.
  package static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    guard count >= 0 else { throw .invalidLength }
    var bytes = [UInt8](repeating: 0, count: count)
    let filled = bytes.withUnsafeMutableBytes { attemptFill($0) }
    guard filled else { throw .randomUnavailable }
    return bytes
  }

  /// Overwrites a buffer with random bytes.
  package static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(CryptoError) {
    guard attemptFill(buffer) else { throw .randomUnavailable }
  }

  /// 32 random bytes, without an allocation: a salt.
  package static func digest() throws(CryptoError) -> Digest32 {
    var digest = Digest32()
    let filled = digest.withUnsafeMutableBytes { attemptFill($0) }
    guard filled else { throw .randomUnavailable }
    return digest
  }

  private static func attemptFill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let base = buffer.baseAddress, !buffer.isEmpty else { return true }
    guard let count = Int32(exactly: buffer.count) else { return false }
    return RAND_bytes(base.assumingMemoryBound(to: UInt8.self), count) == 1
  }
}
