/// A number that people call a record by, which is its id: `SR-2026-000001`.
public enum SeriesNumber {
  /// - Parameters:
  ///   - prefix: of the kind of record.
  ///   - year: in which it begins, local time.
  ///   - number: of the year's gapless series; beyond a million it takes as many digits as it needs.
  public static func id(_ prefix: String, year: String, _ number: Int) -> String {
    let digits = String(number)
    var id = prefix
    id += "-"
    id += year
    id += "-"
    for _ in digits.utf8.count..<max(6, digits.utf8.count) { id += "0" }
    id += digits
    return id
  }
}
