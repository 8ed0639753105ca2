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

  @Test(arguments: vectors) func `the published texts are sealed and opened`(vector: Vector) throws {
    let cipher = try AES256GCM(key: hex(vector.key))
    let nonce = try hex(vector.nonce)
    let associated = try hex(vector.associated)
    let plaintext = try hex(vector.plaintext)
    let sealed = try cipher.seal(plaintext, nonce: nonce, associated: associated)
    #expect(Hex.encode(sealed) == vector.sealed)
    #expect(try cipher.open(sealed, nonce: nonce, associated: associated) == plaintext)
  }

  @Test func `no single bit of a box, its associated data or its key can be changed`() throws {
    let key = try SecureRandom.bytes(32)
    let cipher = try AES256GCM(key: key)
    let box = try cipher.sealBox([1, 2, 3, 4, 5], associated: [9])
    #expect(box.count == 5 + 28)
    #expect(try cipher.openBox(box, associated: [9]) == [1, 2, 3, 4, 5])
    for bit in 0..<(box.count * 8) {
      var changed = box
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: CryptoError.authenticationFailed) { try cipher.openBox(changed, associated: [9]) }
    }
    for associated in [[], [8], [9, 0]] as [[UInt8]] {
      #expect(throws: CryptoError.authenticationFailed) { try cipher.openBox(box, associated: associated) }
    }
    var otherKey = key
    otherKey[31] ^= 1
    let other = try AES256GCM(key: otherKey)
    #expect(throws: CryptoError.authenticationFailed) { try other.openBox(box, associated: [9]) }
  }

  @Test func `a cut box is refused at every length`() throws {
    let cipher = try AES256GCM(key: SecureRandom.bytes(32))
    let box = try cipher.sealBox([1, 2, 3])
    for count in 0..<box.count {
      let error: CryptoError = count < 28 ? .invalidLength : .authenticationFailed
      #expect(throws: error) { try cipher.openBox(Array(box.prefix(count))) }
    }
    #expect(throws: CryptoError.authenticationFailed) { try cipher.openBox(box + [0]) }
  }

  @Test func `keys and nonces of another length are refused`() throws {
    for count in [0, 16, 31, 33] {
      #expect(throws: CryptoError.invalidLength) { try AES256GCM(key: [UInt8](repeating: 0, count: count)) }
    }
    let cipher = try AES256GCM(key: SecureRandom.bytes(32))
    for count in [0, 11, 13] {
      let nonce = [UInt8](repeating: 0, count: count)
      #expect(throws: CryptoError.invalidLength) { try cipher.seal([1], nonce: nonce) }
      #expect(throws: CryptoError.invalidLength) {
        try cipher.open([UInt8](repeating: 0, count: 20), nonce: nonce)
      }
    }
  }

  @Test func `the same text is never sealed to the same box`() throws {
    let cipher = try AES256GCM(key: SecureRandom.bytes(32))
    let boxes = try Set((0..<100).map { _ in try cipher.sealBox([]) })
    #expect(boxes.count == 100)
  }
}
