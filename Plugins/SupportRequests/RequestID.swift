/// The human number of a request, which is its record id: `SR-2026-000001`.
enum RequestID {
  /// - Parameters:
  ///   - series: the year of the opening, local time.
  ///   - number: of the year's gapless series; beyond a million it takes as many digits as it needs.
  static func make(series: String, number: Int) -> String {
    let digits = String(number)
    let padding = max(0, 6 - digits.utf8.count)
    var id = "SR-"
    id += series
    id += "-"
    for _ in 0..<padding { id += "0" }
    id += digits
    return id
  }

  /// Whether one number was given out before another, as far as the ids tell.
  static func precedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (left.utf8, right.utf8)
    // The year comes first, and numbers of a year that have more digits are later.
    let year = (a.prefix(7), b.prefix(7))
    if !year.0.elementsEqual(year.1) { return year.0.lexicographicallyPrecedes(year.1) }
    return a.count != b.count ? a.count < b.count : a.lexicographicallyPrecedes(b)
  }
}
