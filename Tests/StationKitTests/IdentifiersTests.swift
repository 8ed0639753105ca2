import StationKit
import Testing

@Suite struct IDNumberTests {
  /// The examples of GB 11643-1999, and the limits of the date in it.
  static let valid: [(number: String, birth: String)] = [
    ("11010519491231002X", "1949-12-31"), ("440524188001010014", "1880-01-01"),
    ("110101200002290018", "2000-02-29"), ("110101202402291238", "2024-02-29"),
    ("810000199001010019", "1990-01-01"), ("110101999912310014", "9999-12-31"),
  ]

  @Test(arguments: valid) func `a valid number tells the date of birth`(number: String, birth: String) {
    #expect(IDNumber.isValid(number))
    #expect(IDNumber.birth(number)?.description == birth)
  }

  /// Every check character here is right for the other places: what is wrong is the date.
  @Test(arguments: [
    "110101190002290011", "110101202502290013", "110101202504310014", "110101202513010013",
    "110101202500010014", "110101202512000016", "110101000001010014",
  ])
  func `a date that never was is refused`(number: String) {
    #expect(!IDNumber.isValid(number))
  }

  @Test(arguments: valid) func `no other check character is right`(number: String, birth: String) {
    for check in "0123456789X" where check != number.last {
      #expect(!IDNumber.isValid(number.dropLast() + String(check)))
    }
  }

  @Test(arguments: valid) func `one wrong digit or two changed places are found`(
    number: String, birth: String
  ) {
    let places = Array(number)
    for place in 0..<17 {
      for digit in "0123456789" where digit != places[place] {
        var wrong = places
        wrong[place] = digit
        #expect(!IDNumber.isValid(String(wrong)))
      }
      if place < 16, places[place] != places[place + 1] {
        var wrong = places
        wrong.swapAt(place, place + 1)
        #expect(!IDNumber.isValid(String(wrong)))
      }
    }
  }

  @Test(arguments: [
    "", "1", "11010519491231002x", "11010519491231002Ｘ", "1101051949123100２X", "11010519491231002X ",
    " 11010519491231002X", "110105491231002", "1101051949123100200", "11010519491231X02X",
    "X10105194912310020",
    "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002\u{0}", "-1010519491231002X",
  ])
  func `anything but eighteen places of the standard's characters is refused`(text: String) {
    #expect(!IDNumber.isValid(text))
  }
}

@Suite struct CreditCodeTests {
  /// Codes that their owners publish.
  static let valid = [
    "91350100M000100Y43", "9144030071526726XG", "91330100799655058B", "914403001922038216",
    "91110000802100433B", "91100000100003962T", "12100000400010275N", "11100000000013127D",
    "92371000MA3MXH0E3W", "91350211M000100Y46",
  ]
  static let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

  @Test(arguments: valid) func `a published code is valid`(code: String) {
    #expect(CreditCode.isValid(code))
  }

  @Test(arguments: valid) func `one wrong character or two changed places are found`(code: String) {
    let places = Array(code)
    for place in places.indices {
      for character in Self.alphabet where character != places[place] {
        var wrong = places
        wrong[place] = character
        #expect(!CreditCode.isValid(String(wrong)))
      }
      if place < 17, places[place] != places[place + 1] {
        var wrong = places
        wrong.swapAt(place, place + 1)
        #expect(!CreditCode.isValid(String(wrong)))
      }
    }
  }

  @Test(arguments: [
    "", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100y43", "91350100M000100Y4O",
    "9135010IM000100Y43", "91350100S000100Y43", "91350100M000100Z43", "9A350100M000100Y43 ",
    "９１３５０１００Ｍ０００１００Ｙ４３", "91A50100M000100Y43",
  ])
  func `another length, a letter that is not used, or small letters are refused`(text: String) {
    #expect(!CreditCode.isValid(text))
  }

  @Test func `a letter in the division is refused whatever its check character`() {
    for check in Self.alphabet { #expect(!CreditCode.isValid("91A50100M000100Y4" + String(check))) }
  }
}

@Suite struct CardNumberTests {
  /// Numbers that card schemes and their processors publish for tests, of 16, 18 and 19 digits.
  static let valid = [
    "4111111111111111", "5555555555554444", "6011000990139424", "3530111333300000", "6200000000000005",
    "6212345678901232", "622202123456789012", "6222021234567890128", "6205500000000000004",
    "62220212345678903",
  ]

  @Test(arguments: valid) func `a number with its check digit is valid`(number: String) {
    #expect(CardNumber.isValid(number))
  }

  @Test(arguments: valid) func `one wrong digit is found`(number: String) {
    let places = Array(number)
    for place in places.indices {
      for digit in "0123456789" where digit != places[place] {
        var wrong = places
        wrong[place] = digit
        #expect(!CardNumber.isValid(String(wrong)))
      }
    }
  }

  /// 79927398713 is the usual example of the check digit, but too short for a card.
  @Test(arguments: [
    "", "79927398713", "378282246310005", "41111111111111111112", "00000000000000000000",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111", "411111111111111a", "４１１１１１１１１１１１１１１１", "4111111111111111\n",
  ])
  func `fewer than 16, more than 19, or anything but digits is refused`(text: String) {
    #expect(!CardNumber.isValid(text))
  }
}
