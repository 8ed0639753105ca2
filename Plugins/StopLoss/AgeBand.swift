import StationKit

/// A victim's age as the figures know it: a code such as `30-39`, found at intake and stored without the number.
package enum AgeBand {
  static let unknown = "unknown"

  /// The band of a person on a day.
  ///
  /// - Parameter bounds: the first age of each band, rising, beginning with 0.
  package static func of(_ idNumber: String?, on day: CivilDate, bounds: [Int]) -> String {
    guard let birth = idNumber.flatMap(IDNumber.birth), birth <= day else { return unknown }
    let hadBirthday = (day.month, day.day) >= (birth.month, birth.day)
    let age = day.year - birth.year - (hadBirthday ? 0 : 1)
    guard let place = bounds.lastIndex(where: { $0 <= age }) else { return unknown }
    return code(place, bounds)
  }

  static func code(_ place: Int, _ bounds: [Int]) -> String {
    place + 1 < bounds.count ? "\(bounds[place])-\(bounds[place + 1] - 1)" : "\(bounds[place])+"
  }

  static let schema: JSONValue = Shapes.text(max: 16)
}
