import StationCrypto

/// Random bytes, drawn from the system's generator a page at a time, overwritten once they are used.
final class RandomPool {
  private var pool: [UInt8] = []
  private var used = 0

  private func take<R>(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> R) throws -> R {
    if used + count > pool.count {
      pool = try SecureRandom.bytes(4096)
      used = 0
    }
    defer { used += count }
    return try pool.withUnsafeMutableBytes {
      try body(UnsafeMutableRawBufferPointer(rebasing: $0[used..<used + count]))
    }
  }

  func nonce(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try take(AES256GCM.nonceByteCount) { try body(UnsafeRawBufferPointer($0)) }
  }

  func key() throws -> Digest32 {
    try take(SecretKey.byteCount) { bytes in
      defer { SecretKey.wipe(bytes) }
      guard let key = Digest32(UnsafeRawBufferPointer(bytes)) else { throw CryptoError.invalidLength }
      return key
    }
  }
}
