import COpenSSL

/// AES-256 in Galois/counter mode (NIST SP 800-38D) with 12-byte nonces and 16-byte tags.
///
/// One libcrypto context, used again and again, by one thread at a time: where a call seals several small texts, making
/// one for each would be most of the cost. A nonce must never be used twice under a key; random ones are safe for 2^32
/// texts a key.
package final class AES256GCM {
  package static let keyByteCount = 32
  package static let nonceByteCount = 12
  package static let tagByteCount = 16

  private let context: OpaquePointer

  package init() throws(CryptoError) {
    guard let context = EVP_CIPHER_CTX_new() else { throw .libraryFailure }
    guard EVP_EncryptInit_ex2(context, CipherHandle.aes256GCM.pointer, nil, nil, nil) == 1 else {
      EVP_CIPHER_CTX_free(context)
      throw .libraryFailure
    }
    self.context = context
  }

  /// libcrypto overwrites the key schedule before it frees it.
  deinit { EVP_CIPHER_CTX_free(context) }

  /// Appends the ciphertext and its tag of 16 bytes to `output`.
  /// - Parameters:
  ///   - key: 32 bytes; nil takes the key of the call before, which must have been to `seal` too.
  ///   - nonce: 12 bytes, never used before under this key.
  package func seal(
    _ plaintext: [UInt8], key: UnsafeRawBufferPointer?, nonce: UnsafeRawBufferPointer, associated: [UInt8],
    into output: inout [UInt8]
  ) throws(CryptoError) {
    try Self.check(key, nonce)
    guard let count = Int32(exactly: plaintext.count), let extra = Int32(exactly: associated.count) else {
      throw .invalidLength
    }
    let start = output.count
    output.append(contentsOf: repeatElement(0, count: plaintext.count + AES256GCM.tagByteCount))
    let context = context
    let done = output.withUnsafeMutableBufferPointer { output in
      guard let base = output.baseAddress else { return false }
      var written: Int32 = 0
      guard
        EVP_EncryptInit_ex2(context, nil, key.flatMap(Self.bytes), Self.bytes(nonce), nil) == 1,
        EVP_EncryptUpdate(context, nil, &written, associated, extra) == 1,
        count == 0 || EVP_EncryptUpdate(context, base + start, &written, plaintext, count) == 1
      else { return false }
      let tag = base + start + plaintext.count
      return EVP_EncryptFinal_ex(context, tag, &written) == 1
        && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(AES256GCM.tagByteCount), tag) == 1
    }
    guard done else { throw .libraryFailure }
  }

  /// The plaintext of what `seal` gave, tag included; throws `authenticationFailed` if anything differs.
  package func open(
    _ sealed: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer,
    associated: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    try Self.check(key, nonce)
    guard sealed.count >= AES256GCM.tagByteCount, let base = Self.bytes(sealed),
      let count = Int32(exactly: sealed.count - AES256GCM.tagByteCount),
      let extra = Int32(exactly: associated.count)
    else { throw .invalidLength }
    var plaintext = [UInt8](repeating: 0, count: Int(count))
    let tag = UnsafeMutableRawPointer(mutating: base + Int(count))
    var written: Int32 = 0
    var end: UInt8 = 0
    guard EVP_DecryptInit_ex2(context, nil, Self.bytes(key), Self.bytes(nonce), nil) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(AES256GCM.tagByteCount), tag) == 1,
      EVP_DecryptUpdate(context, nil, &written, associated, extra) == 1,
      count == 0 || EVP_DecryptUpdate(context, &plaintext, &written, base, count) == 1
    else { throw .libraryFailure }
    guard EVP_DecryptFinal_ex(context, &end, &written) == 1 else {
      ERR_clear_error()
      throw .authenticationFailed
    }
    return plaintext
  }

  private static func check(
    _ key: UnsafeRawBufferPointer?, _ nonce: UnsafeRawBufferPointer
  ) throws(CryptoError) {
    guard key.map({ $0.count == AES256GCM.keyByteCount }) ?? true, nonce.count == AES256GCM.nonceByteCount
    else { throw .invalidLength }
  }

  private static func bytes(_ buffer: UnsafeRawBufferPointer) -> UnsafePointer<UInt8>? {
    buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }
}

/// The algorithm object, fetched from libcrypto's provider once instead of at every call.
///
/// Sendable because a fetched `EVP_CIPHER` is constant and is kept until the process ends.
private struct CipherHandle: @unchecked Sendable {
  let pointer: OpaquePointer?

  static let aes256GCM = CipherHandle(pointer: EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))
}
