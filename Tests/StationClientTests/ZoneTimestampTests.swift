import StationCalendar
import StationClient
import Testing

@Suite struct ZoneTimestampTests {
  @Test(
    arguments: [
      ("2026-11-22T09:50:35.123+08:00", 480), ("2026-11-22T09:50:35+00:00", 0), ("2026-11-22T09:50:35Z", 0),
      ("2026-11-22T09:50:35.123-03:30", -210), ("2026-11-22T09:50:35", nil), ("09:50", nil), ("", nil),
    ] as [(String, Int?)])
  func `a timestamp tells its zone`(timestamp: String, minutes: Int?) {
    #expect(Zone(of: timestamp)?.offsetMinutes == minutes)
  }
}
