import COpenSSL

/// Ed25519 signatures (RFC 8032 section 5.1).
package enum Ed25519 {
  package static let seedByteCount = 32
  package static let publicKeyByteCount = 32
  package static let signatureByteCount = 64

  /// A private key, held by libcrypto for as long as the object lives.
  ///
  /// Sendable because the `EVP_PKEY` is never changed after `init`, and libcrypto lets many threads sign with
  /// one key at a time, each with a context of its own.
  package final class SigningKey: @unchecked Sendable {
    private let key: OpaquePointer
    /// The key that verifies what this one signs.
    package let verifyKey: VerifyKey

    /// The key of a 32-byte seed (RFC 8032's private key).
    package init(seed: [UInt8]) throws(CryptoError) {
      guard seed.count == seedByteCount else { throw .invalidLength }
      guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
        throw .libraryFailure
      }
      var publicKey = [UInt8](repeating: 0, count: publicKeyByteCount)
      var count = publicKey.count
      guard EVP_PKEY_get_raw_public_key(key, &publicKey, &count) == 1, count == publicKeyByteCount,
        let verifyKey = try? VerifyKey(rawRepresentation: publicKey)
      else {
        EVP_PKEY_free(key)
        throw .libraryFailure
      }
      self.key = key
      self.verifyKey = verifyKey
    }

    /// A new random key.
    package static func generate() throws(CryptoError) -> SigningKey {
      try SigningKey(seed: SecureRandom.bytes(seedByteCount))
    }

    deinit {
      EVP_PKEY_free(key)
    }

    /// The 32-byte seed. A secret.
    package func seed() throws(CryptoError) -> [UInt8] {
      var seed = [UInt8](repeating: 0, count: seedByteCount)
      var count = seed.count
      guard EVP_PKEY_get_raw_private_key(key, &seed, &count) == 1, count == seedByteCount else {
        throw .libraryFailure
      }
      return seed
    }

    /// The 64-byte signature of a message.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
      guard let context = EVP_MD_CTX_new() else { throw .libraryFailure }
      defer { EVP_MD_CTX_free(context) }
      var signature = [UInt8](repeating: 0, count: signatureByteCount)
      var count = signature.count
      guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
        EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
        count == signatureByteCount
      else { throw .libraryFailure }
      return signature
    }
  }

  /// A public key.
  ///
  /// Sendable for the same reason as `SigningKey`.
  package final class VerifyKey: @unchecked Sendable {
    private let key: OpaquePointer
    /// The 32 bytes of the key.
    package let rawRepresentation: [UInt8]

    /// The key with these 32 bytes.
    package init(rawRepresentation: [UInt8]) throws(CryptoError) {
      guard rawRepresentation.count == publicKeyByteCount else { throw .invalidLength }
      guard
        let key = EVP_PKEY_new_raw_public_key(
          EVP_PKEY_ED25519, nil, rawRepresentation, rawRepresentation.count)
      else { throw .invalidKey }
      self.key = key
      self.rawRepresentation = rawRepresentation
    }

    deinit {
      EVP_PKEY_free(key)
    }

    /// Whether `signature` is this key's signature of `message`. A signature of another length is not.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
      guard signature.count == signatureByteCount, let context = EVP_MD_CTX_new() else { return false }
      defer { EVP_MD_CTX_free(context) }
      guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
      let isValid =
        EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
      // A refused signature leaves entries in the thread's error queue, which nobody else would ever read.
      if !isValid { ERR_clear_error() }
      return isValid
    }
  }
}
