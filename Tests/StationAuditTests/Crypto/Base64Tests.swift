import StationCrypto
import Testing

@Suite struct Base64Tests {
  // RFC 4648 section 10, and the two last letters of the alphabet.
  static let vectors: [(String, String)] = [
    ("", ""), ("66", "Zg=="), ("666f", "Zm8="), ("666f6f", "Zm9v"), ("666f6f62", "Zm9vYg=="),
    ("666f6f6261", "Zm9vYmE="), ("666f6f626172", "Zm9vYmFy"), ("fbefbe", "++++"), ("ffffff", "////"),
    ("00", "AA=="), ("0000", "AAA="),
  ]

  @Test(arguments: vectors) func `the published texts are written and read`(bytes: String, text: String)
    throws
  {
    #expect(Base64.encode(try hex(bytes)) == text)
    #expect(Base64.decode(text) == (try hex(bytes)))
    #expect(Base64.encodedCount(try hex(bytes).count) == text.utf8.count)
  }

  @Test(arguments: [
    "Z", "Zg", "Zg=", "Zm8", "Z===", "====", "=", "==", "Zg==Zg==", "Zg===", "Zm9v=", "Zm9v====", "=Zg=",
    "Z=g=", "Zg==\n", "\nZg==", "Zm 9v", "Zm9v ", "Zm8=\n\n\n\n", "Zh==", "Zv==", "Zm9=", "Zm+=", "-_-_",
    "Zm9\u{0}",
    "Zm9é", "Zg=A",
  ])
  func `any other spelling is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func `bytes come back from their text at every length`() {
    for count in 0..<100 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ count) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }
}
