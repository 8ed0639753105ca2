/// What matters of a text where coordinates are looked for.
enum CoordinateToken: Equatable {
  /// Digits with at most one point between them; whole parts above 999 are 999.
  case number(whole: Int, decimals: Int)
  case degree
  /// `'`, which also quotes.
  case minute
  /// `"`, which also quotes.
  case second
  /// A word that says which of the two a number is; `label` for those that mean nothing else.
  case axis(Axis, label: Bool)
  /// So many characters that may stand between the parts.
  case joiner(Int)
  /// A word between the two numbers of a pair: `and`.
  case and
  /// A word between a label and its number: `is`.
  case equals
  case other

  enum Axis: Equatable { case latitude, longitude }

  /// Splits plain (lower case, half-width) characters.
  static func tokens(_ text: [Unicode.Scalar]) -> [CoordinateToken] {
    var tokens: [CoordinateToken] = []
    var place = 0
    while place < text.count {
      let (token, end) = token(text, place)
      place = end
      if case .joiner(let more) = token, case .joiner(let count)? = tokens.last {
        tokens[tokens.count - 1] = .joiner(count + more)
      } else {
        tokens.append(token)
      }
    }
    return tokens
  }

  private static func token(_ text: [Unicode.Scalar], _ start: Int) -> (CoordinateToken, end: Int) {
    func at(_ place: Int) -> Unicode.Scalar? { place < text.count ? text[place] : nil }
    /// Either form, simplified or traditional.
    func isNext(_ simplified: Unicode.Scalar, _ traditional: Unicode.Scalar) -> Bool {
      at(start + 1) == simplified || at(start + 1) == traditional
    }
    switch text[start] {
    case "0"..."9": return number(text, start)
    case "a"..."z":
      var end = start
      while let letter = at(end), ("a"..."z").contains(letter) { end += 1 }
      return (word(text[start..<end]), end)
    case "°", "º", "˚", "度": return (.degree, start + 1)
    case "'", "′", "’", "‘", "ʹ", "ʼ", "分": return (.minute, start + 1)
    case "\"", "″", "“", "”", "ʺ", "秒": return (.second, start + 1)
    case "纬", "緯": return (.axis(.latitude, label: true), at(start + 1) == "度" ? start + 2 : start + 1)
    case "经" where at(start + 1) == "度", "經" where at(start + 1) == "度":
      return (.axis(.longitude, label: true), start + 2)
    case "北", "南":
      return isNext("纬", "緯")
        ? (.axis(.latitude, label: true), start + 2) : (.axis(.latitude, label: false), start + 1)
    case "东", "東", "西":
      return isNext("经", "經")
        ? (.axis(.longitude, label: true), start + 2) : (.axis(.longitude, label: false), start + 1)
    case "和", "与", "與": return (.and, start + 1)
    case "是", "为", "為": return (.equals, start + 1)
    case "%" where at(start + 1) == "2" && (at(start + 2) == "c" || at(start + 2) == "0"):
      return (.joiner(1), start + 3)
    case " ", "\t", "\n", "\r", ",", ";", ":", "=", "&", "|", "(", ")", "[", "]", "{", "}", "<", ">", "_",
      "-",
      "~", "#", "?", "/", "+", "−", "、", "【", "】", "「", "」", "〔", "〕":
      return (.joiner(1), start + 1)
    default: return (.other, start + 1)
    }
  }

  private static func number(_ text: [Unicode.Scalar], _ start: Int) -> (CoordinateToken, end: Int) {
    var whole = 0
    var decimals = 0
    var points = 0
    var end = start
    while end < text.count {
      if text[end] == ".", end + 1 < text.count, ("0"..."9").contains(text[end + 1]) {
        points += 1
      } else if ("0"..."9").contains(text[end]) {
        if points == 0 { whole = min(999, whole * 10 + Int(text[end].value) - 0x30) } else { decimals += 1 }
      } else {
        break
      }
      end += 1
    }
    // An address or a version has more points.
    return (points > 1 ? .other : .number(whole: whole, decimals: decimals), end)
  }

  private static func word(_ letters: ArraySlice<Unicode.Scalar>) -> CoordinateToken {
    guard letters.count <= 9 else { return .other }
    var word = ""
    word.unicodeScalars.append(contentsOf: letters)
    switch word {
    // A `geo` URI gives the latitude first (RFC 5870, 3.4.2).
    case "lat", "latitude", "weidu", "geo": return .axis(.latitude, label: true)
    case "lon", "lng", "longitude", "jingdu": return .axis(.longitude, label: true)
    case "n", "s", "north", "south": return .axis(.latitude, label: false)
    case "e", "w", "east", "west", "long": return .axis(.longitude, label: false)
    case "and": return .and
    case "is": return .equals
    case "deg", "degree", "degrees": return .degree
    case "min", "minute", "minutes": return .minute
    case "sec", "second", "seconds": return .second
    default: return .other
    }
  }
}
