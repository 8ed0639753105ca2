import StationXML
import Testing

@Suite struct XMLElementTests {
  private static let document = XMLElement(
    "Document", namespace: "urn:iso",
    children: [
      XMLElement("Id", namespace: "urn:iso", text: "7"), XMLElement("Empty", namespace: "urn:iso"),
      XMLElement(
        "Amt", namespace: "urn:iso", attributes: ["Ccy": "CNY", "A": "\"<&>'"], text: " a\t王\n\r<&>\"' 😀 "),
      XMLElement(
        "Other", namespace: "urn:x",
        children: [XMLElement("None", children: [XMLElement("Inner", text: "1")])]),
    ])

  @Test func `an element is written in one form`() throws {
    #expect(
      String(decoding: try Self.document.encoded(), as: UTF8.self) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso">
          <Id>7</Id>
          <Empty/>
          <Amt A="&quot;&lt;&amp;&gt;'" Ccy="CNY"> a&#9;王&#10;&#13;&lt;&amp;&gt;&quot;' 😀 </Amt>
          <Other xmlns="urn:x">
            <None xmlns="">
              <Inner>1</Inner>
            </None>
          </Other>
        </Document>

        """)
  }

  @Test func `what is written is read back as it was`() throws {
    #expect(try XMLReader.read(Self.document.encoded()) == Self.document)
    var generator = Generator(state: 20022)
    for _ in 0..<300 {
      let element = Self.element(depth: 4, &generator)
      #expect(try XMLReader.read(element.encoded()) == element)
    }
  }

  @Test(arguments: ["\u{0}", "a\u{1}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"])
  func `a character that XML cannot hold is refused`(text: String) {
    #expect(throws: XMLError.character) { try XMLElement("a", text: text).encoded() }
    #expect(throws: XMLError.character) { try XMLElement("a", attributes: ["b": text]).encoded() }
  }

  @Test func `text beside children is refused`() {
    #expect(throws: XMLError.mixed) { try XMLElement("a", text: "b", children: [XMLElement("c")]).encoded() }
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private static func element(depth: Int, _ generator: inout Generator) -> XMLElement {
    let letters = Array("ab <>&'\"\t\n\r]王é😀")
    var element = XMLElement(["a", "Bc", "_d-1"].randomElement(using: &generator) ?? "a")
    element.namespace = ["", "urn:a", "urn:b&c"].randomElement(using: &generator) ?? ""
    for name in ["k", "l"] where Bool.random(using: &generator) {
      element.attributes[name] = String((0..<3).compactMap { _ in letters.randomElement(using: &generator) })
    }
    if depth > 0, Bool.random(using: &generator) {
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        element.children.append(Self.element(depth: depth - 1, &generator))
      }
    } else {
      let count = Int.random(in: 0...6, using: &generator)
      element.text = String((0..<count).compactMap { _ in letters.randomElement(using: &generator) })
    }
    return element
  }
}
