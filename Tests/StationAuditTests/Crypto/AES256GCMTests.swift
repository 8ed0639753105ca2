import StationCrypto
import Testing

@Suite struct AES256GCMTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let key, nonce, associated, plaintext, sealed: String
    var testDescription: String { sealed }
  }

  // McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: test cases 13, 14 and 16.
  static let vectors = [
    Vector(
      key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), associated: "",
      plaintext: "", sealed: "530f8afbc74536b9a963b4f1c4cb738b"),
    Vector(
      key: String(repeating: "00", count: 32), nonce: String(repeating: "00", count: 12), associated: "",
      plaintext: String(repeating: "00", count: 16),
      sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    Vector(
      key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      nonce: "cafebabefacedbaddecaf888", associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"),
  ]

  private static func seal(
    _ cipher: AES256GCM, _ text: [UInt8], key: [UInt8]?, nonce: [UInt8], associated: [UInt8] = []
  ) throws -> [UInt8] {
    var sealed: [UInt8] = []
    try nonce.withUnsafeBytes { nonce in
      guard let key else {
        return try cipher.seal(text, key: nil, nonce: nonce, associated: associated, into: &sealed)
      }
      try key.withUnsafeBytes {
        try cipher.seal(text, key: $0, nonce: nonce, associated: associated, into: &sealed)
      }
    }
    return sealed
  }

  private static func open(
    _ cipher: AES256GCM, _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8] = []
  ) throws -> [UInt8] {
    try sealed.withUnsafeBytes { sealed in
      try key.withUnsafeBytes { key in
        try nonce.withUnsafeBytes {
          try cipher.open(sealed, key: key, nonce: $0, associated: associated)
        }
      }
    }
  }

  @Test(arguments: vectors) func `the published texts are sealed and opened`(vector: Vector) throws {
    let (key, nonce) = (try hex(vector.key), try hex(vector.nonce))
    let (associated, plaintext) = (try hex(vector.associated), try hex(vector.plaintext))
    let sealed = try Self.seal(AES256GCM(), plaintext, key: key, nonce: nonce, associated: associated)
    #expect(Hex.encode(sealed) == vector.sealed)
    #expect(try Self.open(AES256GCM(), sealed, key: key, nonce: nonce, associated: associated) == plaintext)
  }

  @Test func `one context seals and opens them all in turn, and adds to what is there`() throws {
    let cipher = try AES256GCM()
    for vector in Self.vectors + Self.vectors.reversed() {
      let (key, nonce) = (try hex(vector.key), try hex(vector.nonce))
      let (associated, plaintext) = (try hex(vector.associated), try hex(vector.plaintext))
      var output: [UInt8] = [7, 8]
      try key.withUnsafeBytes { key in
        try nonce.withUnsafeBytes {
          try cipher.seal(plaintext, key: key, nonce: $0, associated: associated, into: &output)
        }
      }
      #expect(output.prefix(2) == [7, 8])
      let sealed = Array(output.dropFirst(2))
      #expect(Hex.encode(sealed) == vector.sealed)
      #expect(try Self.open(cipher, sealed, key: key, nonce: nonce, associated: associated) == plaintext)
    }
  }

  @Test func `without a key the one of the text before is taken`() throws {
    let cipher = try AES256GCM()
    let key = try SecureRandom.bytes(32)
    let nonces = try (0..<3).map { _ in try SecureRandom.bytes(12) }
    _ = try Self.seal(cipher, [1], key: SecureRandom.bytes(32), nonce: nonces[0])
    _ = try Self.seal(cipher, [1], key: key, nonce: nonces[1])
    let sealed = try Self.seal(cipher, [1, 2, 3], key: nil, nonce: nonces[2], associated: [9])
    #expect(try Self.open(AES256GCM(), sealed, key: key, nonce: nonces[2], associated: [9]) == [1, 2, 3])
  }

  @Test func `no bit of a sealed text, its nonce, its key or what goes with it can be changed`() throws {
    let cipher = try AES256GCM()
    let (key, nonce) = (try SecureRandom.bytes(32), try SecureRandom.bytes(12))
    let sealed = try Self.seal(cipher, [1, 2, 3, 4, 5], key: key, nonce: nonce, associated: [9])
    #expect(sealed.count == 5 + 16)
    func flipped(_ bytes: [UInt8]) -> [[UInt8]] {
      (0..<bytes.count * 8).map { bit in
        var changed = bytes
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        return changed
      }
    }
    typealias Case = (sealed: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8])
    var wrong: [Case] = flipped(sealed).map { ($0, key, nonce, [9]) }
    wrong += flipped(nonce).map { (sealed, key, $0, [9]) }
    wrong += flipped(key).map { (sealed, $0, nonce, [9]) }
    wrong += [[], [8], [9, 0]].map { (sealed, key, nonce, $0) }
    for (sealed, key, nonce, associated) in wrong {
      #expect(throws: CryptoError.authenticationFailed) {
        try Self.open(cipher, sealed, key: key, nonce: nonce, associated: associated)
      }
    }
    // A failure leaves nothing behind in the context.
    #expect(try Self.open(cipher, sealed, key: key, nonce: nonce, associated: [9]) == [1, 2, 3, 4, 5])
  }

  @Test func `a cut text is refused at every length`() throws {
    let cipher = try AES256GCM()
    let (key, nonce) = (try SecureRandom.bytes(32), try SecureRandom.bytes(12))
    let sealed = try Self.seal(cipher, [1, 2, 3], key: key, nonce: nonce)
    for count in 0..<sealed.count {
      let error: CryptoError = count < 16 ? .invalidLength : .authenticationFailed
      #expect(throws: error) {
        try Self.open(cipher, Array(sealed.prefix(count)), key: key, nonce: nonce)
      }
    }
    #expect(throws: CryptoError.authenticationFailed) {
      try Self.open(cipher, sealed + [0], key: key, nonce: nonce)
    }
  }

  @Test func `keys and nonces of another length are refused`() throws {
    let cipher = try AES256GCM()
    let (key, nonce) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 12))
    let sealed = [UInt8](repeating: 0, count: 20)
    for count in [0, 16, 31, 33] {
      let key = [UInt8](repeating: 0, count: count)
      #expect(throws: CryptoError.invalidLength) { try Self.seal(cipher, [1], key: key, nonce: nonce) }
      #expect(throws: CryptoError.invalidLength) { try Self.open(cipher, sealed, key: key, nonce: nonce) }
    }
    for count in [0, 11, 13] {
      let nonce = [UInt8](repeating: 0, count: count)
      #expect(throws: CryptoError.invalidLength) { try Self.seal(cipher, [1], key: key, nonce: nonce) }
      #expect(throws: CryptoError.invalidLength) { try Self.open(cipher, sealed, key: key, nonce: nonce) }
    }
  }
}
