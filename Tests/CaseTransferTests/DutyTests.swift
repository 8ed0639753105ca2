import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Duties")
struct DutyTests {
  /// Received, and when the screening and the transfer (screened at once) are due.
  static let terms: [(kind: String, received: String, screen: String, transfer: String)] = [
    ("administrative", "2026-03-02T09:00", "2026-03-03T09:00", "2026-03-03T09:00"),
    // Hours run through the holidays of the Spring Festival and over a month's end.
    ("administrative", "2026-02-14T23:59", "2026-02-15T23:59", "2026-02-15T23:59"),
    ("administrative", "2026-02-28T12:00", "2026-03-01T12:00", "2026-03-01T12:00"),
    // Three days: Monday to the end of Thursday.
    ("criminal", "2026-03-02T09:00", "2026-03-06T00:00", "2026-03-03T09:00"),
    // Thursday to Sunday, which is off: to the end of Monday.
    ("criminal", "2026-03-05T00:00", "2026-03-10T00:00", "2026-03-06T00:00"),
    // The third day is Saturday 14 February, which is worked.
    ("criminal", "2026-02-11T18:00", "2026-02-15T00:00", "2026-02-12T18:00"),
    // The third day falls into the Spring Festival: to the end of 24 February.
    ("criminal", "2026-02-12T18:00", "2026-02-25T00:00", "2026-02-13T18:00"),
    // Over the month's end: Saturday 28 February is worked.
    ("criminal", "2026-02-25T08:00", "2026-03-01T00:00", "2026-02-26T08:00"),
    ("criminal", "2026-02-26T08:00", "2026-03-03T00:00", "2026-02-27T08:00"),
  ]

  @Test("screening and transfer are due by the law's terms and calendar", arguments: terms)
  func due(_ kind: String, _ received: String, _ screen: String, _ transfer: String) throws {
    let fixture = try Fixture(now: Fixture.at("\(received):00+08:00"))
    fixture.store.calendar = try Fixture.calendar2026()
    let id = try fixture.receive(kind)
    #expect(try fixture.due(id, .screen) == "\(screen):00.000+08:00")
    try fixture.screen(id)
    #expect(try fixture.due(id, .transfer) == "\(transfer):00.000+08:00")
    #expect(try fixture.due(id, .tell) == "\(transfer):00.000+08:00")
    #expect(try fixture.body(id).duty(.screen)?.provisional == false)
  }

  /// Disputed at, and when the ruling is due: three working days.
  static let rulings: [(disputed: String, due: String)] = [
    ("2026-03-02T09:00", "2026-03-06T00:00"), ("2026-03-05T09:00", "2026-03-11T00:00"),
    ("2026-02-12T09:00", "2026-02-25T00:00"), ("2026-02-25T23:59", "2026-03-01T00:00"),
    ("2026-04-30T09:00", "2026-05-09T00:00"), ("2026-09-30T09:00", "2026-10-11T00:00"),
  ]

  @Test("a ruling is due within working days, make-up days counted and holidays not", arguments: rulings)
  func ruling(_ disputed: String, _ due: String) throws {
    let fixture = try Fixture(now: Fixture.at("\(disputed):00+08:00"))
    fixture.store.calendar = try Fixture.calendar2026()
    let id = try fixture.at(.acceptedUnderDispute)
    #expect(try fixture.due(id, .adjudicate) == "\(due):00.000+08:00")
  }

  @Test(
    "a term that runs into a year without a calendar is provisional, and follows the calendar when it comes")
  func provisional() throws {
    let fixture = try Fixture(now: Fixture.at("2026-09-29T09:00:00+08:00"))
    let id = try fixture.at(.acceptedUnderDispute)
    // By weekends alone: 30 September, 1 and 2 October.
    #expect(try fixture.due(id, .adjudicate) == "2026-10-03T00:00:00.000+08:00")
    #expect(try fixture.body(id).duty(.adjudicate)?.provisional == true)
    fixture.store.calendar = try Fixture.calendar2026()
    try fixture.minutes(4 * 24 * 60)
    // 30 September, 8 and 9 October: the warning of the old end computed it anew, and nobody was alarmed.
    #expect(try fixture.due(id, .adjudicate) == "2026-10-10T00:00:00.000+08:00")
    #expect(try fixture.body(id).duty(.adjudicate)?.provisional == false)
    #expect(fixture.events("alarm").allSatisfy { $0["duty"] != "adjudicate" })
    #expect(try fixture.call("adjudicate", id, ["to": "st-02"])["state"] == "adjudicated")
    #expect(
      fixture.records("dispute").first?["due"]
        == .int(Int(Fixture.at("2026-10-10T00:00:00+08:00").milliseconds)))
  }

  @Test("an end that has passed does not move with a calendar")
  func passed() throws {
    let fixture = try Fixture(now: Fixture.at("2026-09-29T09:00:00+08:00"))
    let id = try fixture.at(.acceptedUnderDispute)
    try fixture.minutes(5 * 24 * 60)
    fixture.store.calendar = try Fixture.calendar2026()
    try fixture.call("urgent_step", id, ["measure": "other"])
    #expect(try fixture.due(id, .adjudicate) == "2026-10-03T00:00:00.000+08:00")
  }

  @Test("a case keeps the rules of the day on which it was received")
  func rulesOn() throws {
    var rules = Fixture.rules.objectValue ?? [:]
    var list = rules["rules"]?.arrayValue ?? []
    let place = try #require(list.firstIndex { $0["id"] == "transfer.accept.limit" })
    var newer = try #require(list[place].objectValue)
    newer["version"] = "2"
    newer["effective"] = "2026-03-03"
    newer["values"] = ["hours": 2]
    list.insert(.object(newer), at: place + 1)
    rules["rules"] = .array(list)
    let fixture = try Fixture(.object(rules))
    let old = try fixture.receive()
    try fixture.minutes(20 * 60)
    let new = try fixture.receive()
    for (id, version, due) in [
      (old, "1", "2026-03-04T05:00:00.000+08:00"), (new, "2", "2026-03-03T07:00:00.000+08:00"),
    ] {
      try fixture.screen(id)
      try fixture.call("send", id)
      #expect(try fixture.body(id).duty(.accept)?.rule.version == version)
      #expect(try fixture.due(id, .accept) == due)
    }
  }

  @Test("explain tells how each end came about")
  func explain() throws {
    let fixture = try Fixture(now: Fixture.at("2026-02-12T18:00:00+08:00"))
    fixture.store.calendar = try Fixture.calendar2026()
    let id = try fixture.receive("criminal")
    let duty = try fixture.call("explain", id)["duties"]?.arrayValue?.first
    #expect(duty?["term"] == "3d" && duty?["rule"] == ["id": "transfer.screening", "version": "1"])
    #expect(duty?["due"] == "2026-02-25T00:00:00.000+08:00" && duty?["steps_apply"] == true)
    let codes = duty?["steps"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
    #expect(codes.contains("day_skipped") && codes.contains("shifted") && codes.last == "end")
  }
}
