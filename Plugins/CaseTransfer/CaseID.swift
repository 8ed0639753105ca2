/// The human number of a case, which is its record id: `CT-2026-000001`.
enum CaseID {
  /// - Parameters:
  ///   - year: of the receipt, local time.
  ///   - number: of the year's gapless series; beyond a million it takes as many digits as it needs.
  static func make(year: Int, number: Int) -> String {
    let digits = String(number)
    return "CT-\(year)-" + String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
  }
}
