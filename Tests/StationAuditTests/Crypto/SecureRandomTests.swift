import StationCrypto
import Testing

@Suite struct SecureRandomTests {
  @Test(arguments: [0, 1, 32, 1000]) func `as many bytes as asked for`(count: Int) throws {
    #expect(try SecureRandom.bytes(count).count == count)
  }

  @Test func `a negative count is refused`() {
    #expect(throws: CryptoError.invalidLength) { try SecureRandom.bytes(-1) }
  }

  @Test func `no two draws are the same`() throws {
    #expect(try Set((0..<1000).map { _ in try SecureRandom.digest() }).count == 1000)
    #expect(try Set((0..<1000).map { _ in try SecureRandom.bytes(16) }).count == 1000)
    var filled = [UInt8](repeating: 0, count: 64)
    try filled.withUnsafeMutableBytes { try SecureRandom.fill($0) }
    #expect(Set(filled).count > 8)
  }
}
