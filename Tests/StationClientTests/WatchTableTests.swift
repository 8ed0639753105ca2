import StationCalendar
import StationClient
import StationJSON
import Testing

@Suite struct WatchTableTests {
  private static let hour: Int64 = 3_600_000

  @Test(
    arguments: [
      (4 * hour, .fine), (3 * hour + 1, .soon), (3 * hour, .fine), (0, .fine), (4 * hour + 1, .overdue),
    ] as [(Int64, WatchTable.Urgency)])
  func `less than a quarter left is soon, past the limit is overdue`(
    elapsed: Int64, expected: WatchTable.Urgency
  ) {
    let opened = Instant(milliseconds: 0)
    let urgency = WatchTable.Urgency(
      opened: opened, due: Instant(milliseconds: 4 * Self.hour), now: Instant(milliseconds: elapsed))
    // At the limit itself nothing is left, but it is not yet past.
    #expect(urgency == (elapsed == 4 * Self.hour ? .soon : expected))
  }

  @Test(
    arguments: [
      (0, "0:00:00"), (3_723_000, "1:02:03"), (-300_000, "-0:05:00"), (172_800_000, "2 d 00 h"),
      (172_799_999, "47:59:59"),
    ] as [(Int64, String)])
  func `time left`(milliseconds: Int64, text: String) {
    #expect(WatchTable.duration(milliseconds, language: .en) == text)
  }

  @Test func `the most urgent stands first`() throws {
    let items: [JSONValue] = [
      ["id": "late", "next_due": "1970-01-01T09:00:00+08:00"], ["id": "never"],
      ["id": "first", "next_due": "1970-01-01T08:00:01+08:00"],
    ]
    let text = WatchTable(items: items).text(
      now: Instant(milliseconds: 2_000), style: ResultText(language: .en))
    let names = text.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != " " }) }
    #expect(names == ["first", "late", "never"])
  }

  @Test func `ids are whole on a narrow terminal`() {
    let item: JSONValue = [
      "id": "SR-2026-000001", "next_due": "1970-01-01T08:00:00+08:00", "urgency": "immediate",
      "state": "awaiting_acceptance", "station": "st-01", "department": "criminal-investigation",
      "scenario": "mass incident",
    ]
    let text = WatchTable(items: [item]).text(
      now: Instant(milliseconds: 300_000), style: ResultText(language: .en, width: 80))
    let line = text.split(separator: "\n").last.map(String.init) ?? ""
    #expect(line.hasPrefix("SR-2026-000001  -0:05:00  immediate"))
    #expect(DisplayWidth.columns(line) <= 80)
  }
}
