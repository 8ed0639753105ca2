import StationKit

extension Rate {
  /// How many there are for each, with two decimals, rounded half up; nil for a zero denominator.
  package var ratio: String? {
    guard denominator > 0 else { return nil }
    let hundredths = (numerator * 200 + denominator) / (2 * denominator)
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
