import COpenSSL

/// HMAC with SHA-256 (RFC 2104) under one key. The key is absorbed once, so that each message costs only its
/// own blocks and no allocation.
package struct HMACSHA256: Sendable {
  private static let blockByteCount = 64

  private let inner: SHA256
  private let outer: SHA256

  /// A key of any length; one longer than 64 bytes is hashed first, as RFC 2104 section 2 says.
  package init(key: [UInt8]) {
    var block = key.count > HMACSHA256.blockByteCount ? SHA256.hash(key).bytes : key
    block.append(contentsOf: repeatElement(0, count: HMACSHA256.blockByteCount - block.count))
    var inner = SHA256()
    inner.update(block.map { $0 ^ 0x36 })
    var outer = SHA256()
    outer.update(block.map { $0 ^ 0x5C })
    self.inner = inner
    self.outer = outer
  }

  /// The code of a message.
  package func authenticate(_ message: UnsafeRawBufferPointer) -> Digest32 {
    authenticate { $0.update(message) }
  }

  /// The code of a message.
  package func authenticate(_ message: [UInt8]) -> Digest32 {
    authenticate { $0.update(message) }
  }

  /// The code of a message given in parts: `body` adds them one after another.
  package func authenticate(_ body: (inout SHA256) -> Void) -> Digest32 {
    var inner = inner
    body(&inner)
    var outer = outer
    outer.update(inner.finalize())
    return outer.finalize()
  }

  /// Whether `code` is the code of `message`, compared in constant time.
  package func isValid(_ code: Digest32, for message: [UInt8]) -> Bool {
    let expected = authenticate(message)
    return expected.withUnsafeBytes { expected in
      code.withUnsafeBytes { CRYPTO_memcmp(expected.baseAddress, $0.baseAddress, Digest32.byteCount) == 0 }
    }
  }
}
