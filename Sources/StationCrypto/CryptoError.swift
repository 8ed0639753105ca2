/// What a cryptographic operation can fail with. None of the cases carries key material or input.
package enum CryptoError: Error, Sendable, Hashable {
  /// A key, seed, nonce or sealed text has a length that the algorithm does not take.
  case invalidLength
  /// The bytes are not a key of this algorithm.
  case invalidKey
  /// An AEAD tag does not match: the text, the nonce, the associated data or the key is not the sealed one.
  case authenticationFailed
  /// The system's random generator could not give bytes.
  case randomUnavailable
  /// libcrypto refused an operation that it should do, out of memory for instance.
  case libraryFailure
}
