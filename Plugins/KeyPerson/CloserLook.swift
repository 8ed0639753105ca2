import StationKit

/// What ``FreeText`` passes, for everybody's sake, and this module does not: it keeps so little free text that it can
/// look closer. Like that screen it finds what is written, and not what somebody spells out.
enum CloserLook {
  static func finding(in text: String) -> FreeText.Finding? {
    // Any mark between digits counts as a blank; a colon does not, because times have some.
    let blanked = String(text.map { isMark($0) && $0 != ":" && $0 != "：" ? " " : $0 })
    if FreeText.finding(in: blanked) == .idNumber || hasOldIDNumber(blanked) { return .idNumber }
    return hasPlace(text) ? .coordinates : nil
  }

  private static func isMark(_ character: Character) -> Bool {
    character.isPunctuation || character.isSymbol || character.isWhitespace
  }

  /// A digit of any script.
  private static func digit(_ character: Character?) -> Int? {
    character.flatMap { $0.unicodeScalars.first?.properties.generalCategory == .decimalNumber ? $0 : nil }?
      .wholeNumberValue
  }

  // MARK: Identity numbers of fifteen places

  /// The numbers of before 1999: a province, a date of the last century, and no check digit. Fifteen digits, no more,
  /// with at most one blank between two.
  private static func hasOldIDNumber(_ text: String) -> Bool {
    text.split { digit($0) == nil && $0 != " " }.flatMap { $0.split(separator: "  ") }
      .contains { isOldIDNumber($0.compactMap(digit)) }
  }

  private static func isOldIDNumber(_ digits: [Int]) -> Bool {
    guard digits.count == 15, provinces.contains(digits[0] * 10 + digits[1]) else { return false }
    func number(_ place: Int) -> Int { digits[place] * 10 + digits[place + 1] }
    return CivilDate(year: 1900 + number(6), month: number(8), day: number(10)) != nil
  }

  /// The first two places (GB/T 2260).
  private static let provinces: Set<Int> = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82,
  ]

  // MARK: Coordinates with two decimals

  /// A number with two decimals or more, and where it stands.
  private struct Decimal {
    let whole: Int
    let start: Int
    let end: Int
    var isLatitude: Bool { (18..<54).contains(whole) }
    var isLongitude: Bool { (73..<136).contains(whole) }
  }

  /// Two numbers side by side that are a place in China, unless they are amounts of something.
  private static func hasPlace(_ text: String) -> Bool {
    let characters = Array(text)
    let numbers = decimals(characters)
    return zip(numbers, numbers.dropFirst()).contains { first, second in
      let between = characters[first.end..<second.start]
      return (first.isLatitude && second.isLongitude || first.isLongitude && second.isLatitude)
        && between.count <= gap && between.allSatisfy { isMark($0) || "xyXY".contains($0) }
        && !characters[max(0, first.start - 1)..<second.start].contains(where: \.isCurrencySymbol)
        && !isAmount(characters[second.end...])
    }
  }

  /// Characters between the two.
  private static let gap = 8

  private static func decimals(_ characters: [Character]) -> [Decimal] {
    var found: [Decimal] = []
    var place = 0
    while place < characters.count {
      let start = place
      var parts: [[Int]] = [[]]
      while place < characters.count {
        if let digit = digit(characters[place]) {
          parts[parts.count - 1].append(digit)
        } else if ".．".contains(characters[place]), !parts[0].isEmpty, place + 1 < characters.count,
          digit(characters[place + 1]) != nil
        {
          parts.append([])
        } else {
          break
        }
        place += 1
      }
      // A date or a version has more points, and an amount of thousands more places.
      if parts.count == 2, parts[0].count <= 3, parts[1].count >= 2 {
        found.append(Decimal(whole: parts[0].reduce(0) { $0 * 10 + $1 }, start: start, end: place))
      }
      place = max(place, start + 1)
    }
    return found
  }

  /// Whether a unit follows: of money, weight, length, volume, warmth or part.
  private static func isAmount(_ rest: ArraySlice<Character>) -> Bool {
    let rest = rest.drop(while: \.isWhitespace)
    guard let next = rest.first else { return false }
    let word = String(rest.prefix { $0.isASCII && $0.isLetter }).lowercased()
    return "%％℃元圆块角分万亿千百克斤吨升米".contains(next) || next.isCurrencySymbol || units.contains(word)
  }

  private static let units: Set = [
    "g", "kg", "mg", "l", "ml", "m", "mm", "cm", "km", "yuan", "rmb", "cny", "usd",
  ]
}
