import StationXML
import Testing

@Suite struct XMLReaderTests {
  @Test func `a document is read into elements with their namespaces`() throws {
    let root = try XMLReader.read(
      """
      <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
      <!-- who asks -->
      <a xmlns="urn:one" xmlns:o="urn:two" id="7" o:id="8">
        <b>x &amp; y</b> <o:c d='"'/>
        <b><![CDATA[<raw>]]></b>
      </a>
      """)
    #expect(
      root
        == XMLElement(
          "a", namespace: "urn:one", attributes: ["id": "7"],
          children: [
            XMLElement("b", namespace: "urn:one", text: "x & y"),
            XMLElement("c", namespace: "urn:two", attributes: ["d": "\""]),
            XMLElement("b", namespace: "urn:one", text: "<raw>"),
          ]))
    #expect(root.all("b").map(\.text) == ["x & y", "<raw>"] && root.all("c").isEmpty)
  }

  @Test(arguments: [
    ("<a/>", ""), ("<a></a>", ""), ("<a> \n</a>", " \n"), ("<a>王小明</a>", "王小明"), ("<a>1<!-- -->2</a>", "12"),
    ("<a>&#x738B;&#10;&lt;&gt;&quot;&apos;</a>", "王\n<>\"'"), ("<a>\r\n</a>", "\n"),
    ("\u{FEFF}<a>b</a>", "b"),
    ("<?xml version='1.0'?><a>b</a>", "b"), ("<?xml version='1.0' encoding='utf-8'?><a>b</a>\n\n", "b"),
  ])
  func `text is given as XML says`(document: String, text: String) throws {
    #expect(try XMLReader.read(document).text == text)
  }

  static let refused: [(String, XMLError)] = [
    ("", .truncated), (" ", .truncated), ("<", .truncated), ("<a", .truncated), ("<a>", .truncated),
    ("<a><b></b>", .truncated), ("<a>text", .truncated), ("<a><![CDATA[x", .truncated),
    ("<a><!-- x", .truncated),
    ("<?xml version=\"1.0\"?>", .truncated), ("<a>&am", .truncated),
    ("<a></b>", .malformed(line: 1, column: 6)), ("<a/><b/>", .malformed(line: 1, column: 5)),
    ("<a b=\"1\" b=\"2\"/>", .malformed(line: 1, column: 10)), ("x", .malformed(line: 1, column: 1)),
    ("<a>\n<b>\u{1}</b></a>", .malformed(line: 2, column: 4)),
    ("<a>&nbsp;</a>", .malformed(line: 1, column: 4)),
    ("<a>&#0;</a>", .malformed(line: 1, column: 4)), ("<x:a/>", .malformed(line: 1, column: 1)),
    ("{\"json\": 1}", .malformed(line: 1, column: 1)), ("<a>b\u{0}</a>", .malformed(line: 1, column: 5)),
    ("<a>x<b/></a>", .malformed(line: 1, column: 5)), ("<a><b/>x</a>", .malformed(line: 1, column: 9)),
    ("<?xml version=\"1.1\"?><a/>", .encoding), ("<?xml version=\"1.0\" encoding=\"GBK\"?><a/>", .encoding),
    ("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", .encoding),
    ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", .encoding),
    ("<?xml-stylesheet href=\"http://example.org/\"?><a/>", .instruction),
    ("<a><?php echo ?></a>", .instruction),
    ("<!DOCTYPE a><a/>", .doctype), ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", .doctype),
    ("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>", .doctype),
    ("<!DOCTYPE a [<!ENTITY l0 \"lol\"><!ENTITY l1 \"&l0;&l0;&l0;\">]><a>&l1;</a>", .doctype),
    ("<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://example.org/x\"> %p;]><a/>", .doctype),
    ("<!DOCTYPE a [<!ATTLIST a b CDATA \"c\">]><a/>", .doctype),
  ]

  @Test(arguments: refused) func `anything else is refused, and says why`(document: String, error: XMLError) {
    #expect(throws: error) { try XMLReader.read(document) }
  }

  @Test(arguments: [
    ([0xFF, 0xFE, 0x3C, 0x00, 0x61, 0x00], XMLError.notUTF8), ([0x3C, 0x61, 0x3E, 0xC3], .notUTF8),
    ([0x3C, 0x61, 0x3E, 0xED, 0xA0, 0x80], .notUTF8), ([0xD6, 0xD0, 0xB9, 0xFA], .notUTF8), ([], .truncated),
  ])
  func `bytes that are no UTF-8 are refused`(bytes: [UInt8], error: XMLError) {
    #expect(throws: error) { try XMLReader.read(bytes) }
  }

  @Test func `every limit holds, exactly`() throws {
    let limits = XMLLimits(bytes: 100, depth: 3, elements: 5, attributes: 2)
    let within = [
      "<a><b><c/></b></a>", "<a><b/><b/><b/><b/></a>", "<a b='1' c='2'/>",
      "<a>" + String(repeating: "x", count: 93) + "</a>",
    ]
    for document in within { #expect(throws: Never.self) { try XMLReader.read(document, limits: limits) } }
    let beyond: [(String, XMLError)] = [
      ("<a><b><c><d/></c></b></a>", .tooComplex), ("<a><b/><b/><b/><b/><b/></a>", .tooComplex),
      ("<a b='1' c='2' d='3'/>", .tooComplex),
      ("<a>" + String(repeating: "x", count: 94) + "</a>", .tooLarge),
    ]
    for (document, error) in beyond {
      #expect(throws: error) { try XMLReader.read(document, limits: limits) }
    }
    #expect(throws: XMLError.tooLarge) {
      try XMLReader.read([UInt8](repeating: 0x20, count: 101), limits: limits)
    }
  }

  @Test func `every beginning of a document is refused as cut short, or as broken`() throws {
    let document = Array(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b='&lt;'><b>王&amp;</b><!-- c --><![CDATA[]]></a>".utf8)
    _ = try XMLReader.read(document)
    for count in 0..<document.count {
      let error = #expect(throws: XMLError.self) { try XMLReader.read(Array(document[..<count])) }
      #expect(error == .truncated || error == .notUTF8, "\(count): \(String(describing: error))")
    }
  }

  @Test func `no change of a byte traps`() {
    let document = Array("<?xml version=\"1.0\"?><a xmlns=\"u\" b='&lt;'><b>王&amp;</b><![CDATA[x]]></a>".utf8)
    for place in document.indices {
      for byte in [0x00, 0x0A, 0x20, 0x21, 0x22, 0x26, 0x3C, 0x3E, 0x3F, 0x5B, 0x7F, 0x80, 0xC3, 0xFF]
        as [UInt8]
      {
        var changed = document
        changed[place] = byte
        _ = try? XMLReader.read(changed)
      }
    }
  }
}
