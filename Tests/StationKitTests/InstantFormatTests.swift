import StationKit
import Testing

/// What a schema accepts, a module can read: no call passes `rpc.check` and fails at its instant.
@Suite struct InstantFormatTests {
  private static let format = JSONSchemaFormat.dateTime

  @Test func `the schema's date-time and Instant are the same`() {
    let dates = [
      "0000-01-01", "0000-12-31", "0001-01-01", "0001-01-02", "0001-01-03", "2000-02-29", "2026-02-29",
      "2026-11-22", "9999-12-29", "9999-12-30", "9999-12-31",
    ]
    let times = ["00:00:00", "00:59:59.1", "12:00:00.123456789", "23:59:59.9999", "23:59:60", "24:00:00"]
    let offsets = ["Z", "+00:00", "-00:01", "+00:01", "+08:00", "-12:00", "+23:59", "-23:59", "+24:00", ""]
    for date in dates {
      for time in times {
        for offset in offsets {
          let text = "\(date)T\(time)\(offset)"
          #expect(Self.format.accepts(text) == (Instant(rfc3339: text) != nil), "\(text)")
        }
      }
    }
  }

  @Test func `the schema's date and CivilDate are the same`() {
    for text in ["0000-12-31", "0001-01-01", "1900-02-29", "2000-02-29", "2026-04-31", "9999-12-31"] {
      #expect(JSONSchemaFormat.date.accepts(text) == (CivilDate(text) != nil), "\(text)")
    }
  }
}
