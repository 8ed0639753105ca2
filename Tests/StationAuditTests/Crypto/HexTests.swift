import StationCrypto
import Testing

@Suite struct HexTests {
  @Test func `every byte has two lowercase digits`() {
    let bytes = (0...255).map { UInt8($0) }
    let text = Hex.encode(bytes)
    #expect(text.utf8.count == 512)
    #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
    #expect(Hex.decode(text) == bytes)
  }

  @Test(arguments: ["0", "abc", "AB", "0x", "g0", " 0", "00 ", "é"])
  func `any other spelling is refused`(text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
