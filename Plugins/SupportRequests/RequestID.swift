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

}
