import StationCrypto
import Testing

@Suite struct HMACSHA256Tests {
  // RFC 4231, test cases 1, 2, 3 and 6.
  static let vectors: [(key: [UInt8], message: [UInt8], code: String)] = [
    (
      Array(repeating: 0x0B, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      Array(repeating: 0xAA, count: 20), Array(repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(repeating: 0xAA, count: 131),
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ]

  @Test(arguments: vectors)
  func `the published messages have their codes`(key: [UInt8], message: [UInt8], code: String) throws {
    let hmac = HMACSHA256(key: key)
    let expected = try #require(Digest32(hex: code))
    #expect(hmac.authenticate(message) == expected)
    #expect(hmac.authenticate(message) == expected, "the key can be used again")
    let parts = hmac.authenticate {
      $0.update(Array(message.prefix(3)))
      $0.update(Array(message.dropFirst(3)))
    }
    #expect(parts == expected)
    #expect(hmac.isValid(expected, for: message))
    #expect(!hmac.isValid(expected, for: message + [0]))
  }

  @Test func `a key of 64 bytes is taken as it is and one of 65 is hashed`() {
    let long = [UInt8](repeating: 3, count: 65)
    let hashed = HMACSHA256(key: SHA256.hash(long).bytes).authenticate([1])
    #expect(HMACSHA256(key: long).authenticate([1]) == hashed)
    let block = [UInt8](repeating: 3, count: 64)
    let other = HMACSHA256(key: SHA256.hash(block).bytes).authenticate([1])
    #expect(HMACSHA256(key: block).authenticate([1]) != other)
  }
}
