import COpenSSL
import Glibc

/// 32 secret bytes in a page of their own: not swapped out where the system allows it, not in core dumps,
/// overwritten when nobody holds them any more.
///
/// Unchecked because the bytes are written before `init` returns and never again until `deinit`.
package final class SecretKey: @unchecked Sendable {
  package static let byteCount = 32
  private let page: UnsafeMutableRawPointer
  private static let pageSize = 4096

  /// A key of exactly 32 bytes, which are copied.
  package init(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
    guard bytes.count == SecretKey.byteCount, let from = bytes.baseAddress else { throw .invalidLength }
    let mapped = mmap(nil, Self.pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED else { throw .libraryFailure }
    // Without the right to lock memory the key may be swapped: the daemon works all the same.
    _ = mlock(mapped, Self.pageSize)
    _ = madvise(mapped, Self.pageSize, Int32(MADV_DONTDUMP))
    mapped.copyMemory(from: from, byteCount: SecretKey.byteCount)
    page = mapped
  }

  /// A new random key.
  package static func random() throws(CryptoError) -> SecretKey {
    var bytes = Digest32()
    defer { bytes.withUnsafeMutableBytes { wipe($0) } }
    try bytes.withUnsafeMutableBytes { buffer throws(CryptoError) in try SecureRandom.fill(buffer) }
    return try bytes.withUnsafeBytes { buffer throws(CryptoError) in try SecretKey(buffer) }
  }

  deinit {
    OPENSSL_cleanse(page, Self.pageSize)
    munmap(page, Self.pageSize)
  }

  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: page, count: SecretKey.byteCount))
  }

  /// Overwrites bytes in a way that the compiler does not leave out.
  package static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    if let base = bytes.baseAddress { OPENSSL_cleanse(base, bytes.count) }
  }
}
