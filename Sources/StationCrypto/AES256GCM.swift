import COpenSSL

/// AES-256 in Galois/counter mode (NIST SP 800-38D) with 12-byte nonces and 16-byte tags, under one key.
///
/// A nonce must never be used twice under a key; `sealBox` draws a random one, which is safe for 2^32 texts a
/// key.
package struct AES256GCM: Sendable {
  package static let keyByteCount = 32
  package static let nonceByteCount = 12
  package static let tagByteCount = 16

  private let key: [UInt8]

  /// A 32-byte key.
  package init(key: [UInt8]) throws(CryptoError) {
    guard key.count == AES256GCM.keyByteCount else { throw .invalidLength }
    self.key = key
  }

  /// The ciphertext followed by its tag. `associated` is authenticated but not part of the result.
  package func seal(
    _ plaintext: [UInt8], nonce: [UInt8], associated: [UInt8] = []
  ) throws(CryptoError) -> [UInt8] {
    guard nonce.count == AES256GCM.nonceByteCount else { throw .invalidLength }
    return try seal(plaintext, nonce: nonce, associated: associated, header: [])
  }

  /// The plaintext of what `seal` gave; throws `authenticationFailed` if anything differs.
  package func open(
    _ sealed: [UInt8], nonce: [UInt8], associated: [UInt8] = []
  ) throws(CryptoError) -> [UInt8] {
    guard nonce.count == AES256GCM.nonceByteCount else { throw .invalidLength }
    return try open(sealed[...], nonce: nonce, associated: associated)
  }

  /// A random nonce, the ciphertext and its tag in one string of bytes: 28 bytes longer than the plaintext.
  package func sealBox(_ plaintext: [UInt8], associated: [UInt8] = []) throws(CryptoError) -> [UInt8] {
    let nonce = try SecureRandom.bytes(AES256GCM.nonceByteCount)
    return try seal(plaintext, nonce: nonce, associated: associated, header: nonce)
  }

  /// The plaintext of what `sealBox` gave; throws `authenticationFailed` if anything differs.
  package func openBox(_ box: [UInt8], associated: [UInt8] = []) throws(CryptoError) -> [UInt8] {
    guard box.count >= AES256GCM.nonceByteCount + AES256GCM.tagByteCount else { throw .invalidLength }
    let nonce = [UInt8](box[..<AES256GCM.nonceByteCount])
    return try open(box[AES256GCM.nonceByteCount...], nonce: nonce, associated: associated)
  }

  private func seal(
    _ plaintext: [UInt8], nonce: [UInt8], associated: [UInt8], header: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    let textCount = try int32(plaintext.count)
    let associatedCount = try int32(associated.count)
    let context = try makeContext()
    defer { EVP_CIPHER_CTX_free(context) }
    let start = header.count
    var sealed = [UInt8](repeating: 0, count: start + plaintext.count + AES256GCM.tagByteCount)
    sealed.replaceSubrange(0..<start, with: header)

    let done = sealed.withUnsafeMutableBufferPointer { output in
      guard let base = output.baseAddress else { return false }
      let text = base + start
      var written: Int32 = 0
      guard EVP_EncryptInit_ex2(context, cipher, key, nonce, nil) == 1 else { return false }
      if associatedCount > 0 {
        guard EVP_EncryptUpdate(context, nil, &written, associated, associatedCount) == 1 else {
          return false
        }
      }
      if textCount > 0 {
        guard EVP_EncryptUpdate(context, text, &written, plaintext, textCount) == 1, written == textCount
        else { return false }
      }
      let tag = text + plaintext.count
      return EVP_EncryptFinal_ex(context, tag, &written) == 1
        && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(AES256GCM.tagByteCount), tag) == 1
    }
    guard done else { throw .libraryFailure }
    return sealed
  }

  private func open(
    _ sealed: ArraySlice<UInt8>, nonce: [UInt8], associated: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    guard sealed.count >= AES256GCM.tagByteCount else { throw .invalidLength }
    let textCount = try int32(sealed.count - AES256GCM.tagByteCount)
    let associatedCount = try int32(associated.count)
    var tag = [UInt8](sealed.suffix(AES256GCM.tagByteCount))
    let context = try makeContext()
    defer { EVP_CIPHER_CTX_free(context) }
    var plaintext = [UInt8](repeating: 0, count: Int(textCount))

    var written: Int32 = 0
    guard EVP_DecryptInit_ex2(context, cipher, key, nonce, nil) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(AES256GCM.tagByteCount), &tag) == 1
    else { throw .libraryFailure }
    if associatedCount > 0 {
      guard EVP_DecryptUpdate(context, nil, &written, associated, associatedCount) == 1 else {
        throw .libraryFailure
      }
    }
    if textCount > 0 {
      let done = sealed.withUnsafeBufferPointer {
        EVP_DecryptUpdate(context, &plaintext, &written, $0.baseAddress, textCount)
      }
      guard done == 1, written == textCount else { throw .libraryFailure }
    }
    var end: UInt8 = 0
    guard EVP_DecryptFinal_ex(context, &end, &written) == 1 else {
      ERR_clear_error()
      throw .authenticationFailed
    }
    return plaintext
  }

  private func makeContext() throws(CryptoError) -> OpaquePointer {
    guard let context = EVP_CIPHER_CTX_new() else { throw .libraryFailure }
    return context
  }

  private func int32(_ count: Int) throws(CryptoError) -> Int32 {
    guard let count = Int32(exactly: count) else { throw .invalidLength }
    return count
  }

  private var cipher: OpaquePointer? { CipherHandle.aes256GCM.pointer }
}

/// The algorithm object, fetched from libcrypto's provider once instead of at every call.
///
/// Sendable because a fetched `EVP_CIPHER` is constant and is kept until the process ends.
struct CipherHandle: @unchecked Sendable {
  let pointer: OpaquePointer?

  static let aes256GCM = CipherHandle(pointer: EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))
}
