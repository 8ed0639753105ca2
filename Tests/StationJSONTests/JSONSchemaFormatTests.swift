import StationJSON
import Testing

@Suite struct JSONSchemaFormatTests {
  static let accepted: [(JSONSchemaFormat, [String])] = [
    (
      .dateTime,
      [
        "2025-03-01T08:30:00Z", "2025-03-01T08:30:00+08:00", "2025-03-01T08:30:00.5-00:00",
        "2024-02-29T23:59:59.123456789123+23:59",
        // The first and the last that UTC has a whole day before and behind, in any zone.
        "0001-01-02T00:00:00Z", "0001-01-02T08:00:00+08:00", "0001-01-01T23:00:00-01:00",
        "9999-12-30T23:59:59.999Z", "9999-12-31T00:59:59+01:00", "9999-12-30T22:59:59-01:00",
      ]
    ),
    (.date, ["2025-03-01", "2024-02-29", "2000-02-29", "2025-12-31", "2025-04-30", "0001-01-01"]),
    (.time, ["00:00", "23:59", "08:30"]),
    (.uuid, ["01890a5d-ac96-774b-bcce-b302099a8057", "01890A5D-AC96-774B-BCCE-B302099A8057"]),
    (.code, ["a", "z9_", "fraud_loss", "a__"]),
    (.id, ["a", "0", "a.b-c_d", "0-", String(repeating: "a", count: 64)]),
    (.base64, ["", "AA==", "AAA=", "AAAA", "+/+/", "Zm9vYg==", "Zm9vYmE="]),
    (.hex, ["", "00", "aF09"]),
    (.integerString, ["0", "-1", "10", "123456789012345678901234567890"]),
    (.text, ["a", " a", "a\tb\r\nc", "a\0", "\u{7}", "\u{3000}中", "中文", "𠀀", "\u{FFFF}", "."]),
    (
      .line,
      [
        "a", " a", "\u{3000}中", "中文", "𠀀", "\u{FFFD}", "\u{EFFF}", "\u{A0}a", "\u{E9}", "“a”", "买买提\u{2027}江",
        "a\u{202F}b", "\u{2065}a", "\u{206A}a", "\u{FB}\u{2A8}", ".",
      ]
    ),
  ]

  static let refused: [(JSONSchemaFormat, [String])] = [
    (
      .dateTime,
      [
        "", "2025-03-01", "2025-03-01T08:30:00", "2025-03-01 08:30:00Z", "2025-03-01T08:30Z",
        "2025-02-29T08:30:00Z", "2025-03-01T24:00:00Z", "2025-03-01T08:60:00Z", "2025-03-01T23:59:60Z",
        "2025-03-01T08:30:00.Z", "2025-03-01T08:30:00.5", "2025-03-01T08:30:00+8:00",
        "2025-03-01T08:30:00+0800",
        "2025-03-01T08:30:00+24:00", "2025-03-01T08:30:00+08:60", "2025-03-01T08:30:00Zx",
        "2025-03-01t08:30:00z",
        "2025-03-01T08:30:00+08:00 ", "2025-03-01T08:30:00,5Z", "+025-03-01T08:30:00Z",
        "0000-12-31T00:00:00Z", "0001-01-01T23:59:59Z", "0001-01-01T23:00:00-00:59",
        "0001-01-02T07:59:59+08:00", "9999-12-31T00:00:00Z", "9999-12-31T01:00:00+01:00",
        "9999-12-30T23:00:00-01:00",
      ]
    ),
    (
      .date,
      [
        "", "2025-2-29", "2025-02-29", "1900-02-29", "2025-13-01", "2025-00-01", "2025-01-00", "2025-04-31",
        "0000-01-01", "2025-01-32", "2025/01/01", "20250101", "2025-01-01 ", "2025-01-01T",
        "\u{FF12}025-01-0",
      ]
    ),
    (.time, ["", "24:00", "08:60", "8:30", "08:30:00", "0830", "08.30", "-1:00"]),
    (
      .uuid,
      [
        "", "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce-b302099a805",
        "01890a5d-ac96-774b-bcce-b302099a805g", "01890a5d-ac96-774b-bcce_b302099a8057",
        "{01890a5d-ac96-774b-bcce-b302099a80}",
      ]
    ),
    (.code, ["", "A", "_a", "9a", "a-b", "a b", "a\u{E9}", "a\n"]),
    (.id, ["", "A", "_a", ".a", "-a", "a/b", "a b", String(repeating: "a", count: 65)]),
    (
      .base64,
      ["A", "AA", "AAA", "AA=", "=", "====", "A===", "AB==", "AAB=", "AA==AA==", "AA-_", "AAA\n", "AA=A"]
    ),
    (.hex, ["0", "0g", "0x00", "00 "]),
    (.integerString, ["", "-", "-0", "00", "01", "+1", "1.0", "1e5", " 1", "--1", "\u{FF11}"]),
    (.text, ["", " ", "\t\n", "\u{3000}", "\u{A0}\u{2003}"]),
    (
      .line,
      [
        "", " ", "\u{3000}", "a\tb", "a\n", "a\0", "a\u{7}b", "\u{1B}[1m", "a\u{7F}", "李\u{FFFE}", "\u{FFFF}",
        "a\u{80}", "a\u{85}b", "a\u{9B}1m", "a\u{9F}", "a\u{2028}b", "a\u{2029}b", "a\u{202A}b", "\u{202E}a",
        "a\u{2066}b", "a\u{2069}",
      ]
    ),
  ]

  @Test(arguments: accepted)
  func `accepts what has the format`(format: JSONSchemaFormat, strings: [String]) {
    for string in strings { #expect(format.accepts(string), "\(string)") }
  }

  @Test(arguments: refused)
  func `refuses what does not have the format`(format: JSONSchemaFormat, strings: [String]) {
    for string in strings { #expect(!format.accepts(string), "\(string)") }
  }

  @Test(arguments: JSONSchemaFormat.allCases)
  func `a schema asserts the format of strings only`(format: JSONSchemaFormat) throws {
    let schema = try JSONSchema(["format": .string(format.rawValue)])
    let good = try #require(Self.accepted.first { $0.0 == format }?.1.last)
    let bad = try #require(Self.refused.first { $0.0 == format }?.1.last)
    #expect(schema.validate(.string(good)) == nil)
    #expect(schema.validate(.string(bad))?.keyword == "format")
    #expect(schema.validate(1) == nil)
  }
}
