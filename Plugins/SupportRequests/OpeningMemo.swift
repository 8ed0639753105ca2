import StationKit
import Synchronization

/// What openings of one scenario and urgency on one day have in common, so that the legal clock is asked once
/// a day and not once a request.
final class OpeningMemo: Sendable {
  struct Entry: Sendable {
    let day: Int
    let zone: Zone
    let calendarVersion: String
    /// The end of the support limit where it is the same for the whole day.
    let supportEnd: Instant?
    /// The end of the response limit where it is the same for the whole day.
    let responseEnd: Instant?
    let provisional: Set<TermName>
    /// The first cycle's pins.
    let cycle: JSONValue
    /// The year, by which requests are numbered.
    let year: String
  }

  private let entry = Mutex<Entry?>(nil)

  /// The entry of the day, made if the one at hand is another day's or another calendar's.
  func entry(
    day: Int, zone: Zone, calendarVersion: String, make: () throws -> Entry
  ) rethrows -> Entry {
    let found = entry.withLock { $0 }
    if let found, found.day == day, found.zone == zone, found.calendarVersion == calendarVersion {
      return found
    }
    let made = try make()
    entry.withLock { $0 = made }
    return made
  }
}
