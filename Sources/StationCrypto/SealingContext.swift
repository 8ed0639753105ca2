import COpenSSL

/// AES-256-GCM through one libcrypto context that is used again and again, for one thread at a time.
///
/// ``AES256GCM`` makes a context for every text; where a call seals several small texts, that is most of the
/// cost.
package final class SealingContext {
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
