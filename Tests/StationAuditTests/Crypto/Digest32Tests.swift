import StationCrypto
import Testing

@Suite struct Digest32Tests {
  static let bytes = (1...32).map { UInt8($0) }

  @Test func `the bytes come back in their order in every form`() throws {
    let digest = try #require(Digest32(Digest32Tests.bytes))
    #expect(digest.bytes == Digest32Tests.bytes)
    #expect(digest.hex == "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20")
    #expect(digest.base64 == "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")
    #expect(Digest32(hex: digest.hex) == digest)
    #expect(Digest32(base64: digest.base64) == digest)
    #expect(digest.withUnsafeBytes { Digest32($0) } == digest)
    #expect("\(digest)" == digest.hex)
  }

  @Test(arguments: [0, 31, 33, 64]) func `other lengths are refused`(count: Int) {
    let bytes = [UInt8](repeating: 0, count: count)
    #expect(Digest32(bytes) == nil)
    #expect(Digest32(hex: Hex.encode(bytes)) == nil)
    #expect(Digest32(base64: Base64.encode(bytes)) == nil)
  }

  @Test func `a difference in any byte is a difference`() {
    for position in 0..<32 {
      var other = Digest32Tests.bytes
      other[position] ^= 0x80
      #expect(Digest32(other) != Digest32(Digest32Tests.bytes))
    }
  }
}
