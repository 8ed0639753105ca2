/// Finds coordinates among tokens: `39.9042, 116.4074`, `北纬39.9度 东经116.4度`, `N39 54.25 E116 24.44`, `39°54′`.
///
/// Two bare numbers count from three decimals each, about a hundred metres; the fewer decimals, the more must
/// stand beside them to say that they are degrees.
struct CoordinateScan {
  let tokens: [CoordinateToken]

  /// One number of degrees, with what stands at it.
  private struct Reading {
    var axis: CoordinateToken.Axis?
    var isLabelled = false
    var whole = 0
    var decimals = 0
    var hasDegreeSign = false
    /// Degrees, their sign, minutes and theirs.
    var hasMinutes = false
    /// Minutes without any sign.
    var isGroup = false

    /// Enough by itself.
    var isPlace: Bool {
      hasMinutes || decimals >= 2 && (isLabelled || hasDegreeSign && axis != nil)
    }

    /// More than a whole number beside a letter.
    var isDegrees: Bool { isLabelled || decimals >= 1 || hasDegreeSign || isGroup }

    /// - Parameter byWord: whether "and" stands between the two, as between other quantities: what is not labelled
    ///   then needs the decimals of bare numbers.
    func makesPlace(with other: Reading, byWord: Bool) -> Bool {
      guard min(whole, other.whole) <= 90 else { return false }
      let decimals = min(decimals, other.decimals)
      switch (axis, other.axis) {
      case (nil, nil): return decimals >= (hasDegreeSign && other.hasDegreeSign && !byWord ? 2 : 3)
      case (let mine?, let others?): return mine != others && isDegrees && other.isDegrees
      default: return decimals >= (isLabelled || other.isLabelled ? 1 : byWord ? 3 : 2)
      }
    }
  }

  /// Joining characters between two numbers of a pair, and between a word and its number.
  private static let pairGap = 8
  private static let wordGap = 4

  var found: Bool {
    var before: Reading?
    var gap = 0
    var byWord = false
    var place = 0
    while place < tokens.count {
      if let (reading, end) = reading(from: place) {
        if reading.isPlace { return true }
        if let before, gap <= Self.pairGap, before.makesPlace(with: reading, byWord: byWord) { return true }
        before = reading
        gap = 0
        byWord = false
        place = end
        continue
      }
      switch tokens[place] {
      case .joiner(let count): gap += count
      case .minute, .second, .degree, .axis: gap += 1
      case .and:
        gap += 1
        byWord = true
      case .number, .equals, .other: before = nil
      }
      place += 1
    }
    return false
  }

  private func number(at place: Int, below limit: Int) -> (whole: Int, decimals: Int)? {
    guard place < tokens.count, case .number(let whole, let decimals) = tokens[place], whole < limit else {
      return nil
    }
    return (whole, decimals)
  }

  private func isAxis(at place: Int) -> Bool {
    if case .axis? = token(at: place) { true } else { false }
  }

  private func token(at place: Int) -> CoordinateToken? { place < tokens.count ? tokens[place] : nil }

  /// The place after one joining character, if there is one.
  private func skip(_ place: Int) -> Int { token(at: place) == .joiner(1) ? place + 1 : place }

  /// The reading that begins at a token, and where it ends. Looks a fixed number of tokens ahead.
  private func reading(from start: Int) -> (Reading, end: Int)? {
    var reading = Reading()
    var place = start
    if case .axis(let axis, let label)? = token(at: place) {
      reading.axis = axis
      reading.isLabelled = label
      place = afterWord(place + 1, isLabel: label)
    }
    guard let degrees = number(at: place, below: 181) else { return nil }
    reading.whole = degrees.whole
    reading.decimals = degrees.decimals
    place += 1
    if token(at: skip(place)) == .degree {
      reading.hasDegreeSign = true
      place = skip(place) + 1
      if degrees.decimals == 0 { place = afterMinutes(place, &reading) }
    } else if degrees.decimals == 0 {
      let end = afterGroup(place)
      if end > place, reading.axis != nil || isAxis(at: skip(end)) {
        reading.isGroup = true
        place = end
      }
    }
    if reading.axis == nil, case .axis(let axis, let label)? = token(at: skip(place)) {
      reading.axis = axis
      reading.isLabelled = label
      place = skip(place) + 1
    }
    return (reading, place)
  }

  /// Past `": ` and the like between a word and its number; past `is` only after a word that means nothing else.
  private func afterWord(_ start: Int, isLabel: Bool) -> Int {
    var place = start
    var gap = 0
    while gap <= Self.wordGap {
      switch token(at: place) {
      case .joiner(let count): gap += count
      case .minute, .second: gap += 1
      case .equals where isLabel: gap += 1
      default: return place
      }
      place += 1
    }
    return start
  }

  /// Past the minutes and seconds that follow a degree sign.
  private func afterMinutes(_ start: Int, _ reading: inout Reading) -> Int {
    let place = skip(start)
    guard number(at: place, below: 60) != nil else { return start }
    guard token(at: skip(place + 1)) == .minute else {
      reading.isGroup = true
      return place + 1
    }
    reading.hasMinutes = true
    return skip(place + 1) + 1
  }

  /// Past minutes and seconds that stand after a blank, without any sign: they count where an axis says so.
  private func afterGroup(_ start: Int) -> Int {
    var place = start
    for _ in 0..<2 {
      guard token(at: place) == .joiner(1), number(at: place + 1, below: 60) != nil else { break }
      place += 2
    }
    return place
  }
}
