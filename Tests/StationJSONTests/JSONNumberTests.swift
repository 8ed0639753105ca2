import StationJSON
import Testing

@Suite struct JSONNumberTests {
  static let literals = [
    "0", "-0", "1.0", "1.10", "1e5", "1E+05", "-0.00", "9007199254740993", "12345678901234567890.123456789",
    "9223372036854775807", "9223372036854775808", "0.1e-9999", "100000000000000000000000000000000001",
  ]

  @Test(arguments: literals)
  func `comes back byte for byte`(literal: String) throws {
    #expect(try JSONParser.parse(literal).encodedString == literal)
    #expect(try JSONParser.parse("[\(literal)]").encodedString == "[\(literal)]")
    #expect(JSONNumber(literal: literal)?.literal == literal)
  }

  static let integers: [(String, Int?)] = [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9007199254740993", 9_007_199_254_740_993),
    ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
    ("-9223372036854775809", nil), ("92233720368547758070", nil), ("1.0", nil), ("1e0", nil), ("0.0", nil),
    ("1E2", nil), ("100000000000000000000", nil),
  ]

  @Test(arguments: integers)
  func `is an integer only if written as one that fits`(literal: String, value: Int?) {
    #expect(JSONNumber(literal: literal)?.intValue == value)
  }

  @Test(arguments: [
    "", "-", "+1", "01", "1.", ".5", "1e", " 1", "1 ", "1x", "0x1", "NaN", "1\u{0}", "true", "[]",
  ])
  func `is not made from what is no number`(literal: String) {
    #expect(JSONNumber(literal: literal) == nil)
  }

  @Test func `is equal when its literal is`() {
    #expect(JSONNumber(literal: "1.0") != JSONNumber(literal: "1"))
    #expect(JSONNumber(literal: "1") == 1)
    #expect(JSONNumber(Int.min).literal == "-9223372036854775808")
    #expect(JSONNumber(5).description == "5")
  }
}
