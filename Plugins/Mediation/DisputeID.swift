/// The human number of a dispute, which is its record id: `MD-2026-000001`.
enum DisputeID {
  /// - Parameters:
  ///   - series: the year in which it is registered, local time.
  ///   - number: of the year's gapless series; beyond a million it takes as many digits as it needs.
  static func make(series: String, number: Int) -> String {
    let digits = String(number)
    return "MD-\(series)-" + String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
  }
}
