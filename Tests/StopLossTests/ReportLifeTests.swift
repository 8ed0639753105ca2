import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("ReportLife")
struct ReportLifeTests {
  static let expected: [ReportState: [ReportAction: ReportState]] = [
    .open: [.close: .closed], .closed: [.reopen: .open],
  ]
  static let cells = ReportState.allCases.flatMap { state in ReportAction.allCases.map { (state, $0) } }

  @Test("every state and action is allowed or refused as the table says", arguments: cells)
  func cell(_ state: ReportState, _ action: ReportAction) throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    if state == .closed { try fixture.call("close", id) }
    if let target = Self.expected[state]?[action] {
      #expect(try ReportLife.table.next(state, action) == target)
      #expect(try fixture.call(action.rawValue, id)["state"]?.stringValue == target.rawValue)
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.call(action.rawValue, id) }
      #expect(error?.kind == .wrongState)
    }
  }

  @Test("a report with a stop under way is not closed; a closed one takes no transfers and no stops")
  func rules() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let stop = try fixture.stopped(of: report)
    expectRefused("stoploss.close", at: "/id") { try fixture.call("close", report) }
    try fixture.call("release", stop, ["reason": "repaid"])
    try fixture.call("close", report)
    expectRefused("stoploss.close", at: "/report") { try fixture.request(report) }
    expectRefused("stoploss.close", at: "/id") {
      try fixture.call("add_transfers", report, ["transfers": [Fixture.transfer(1, 2, 5)]])
    }
    try fixture.call("reopen", report)
    #expect(throws: Never.self) { try fixture.request(report) }
  }

  @Test("a bank that stops after all opens the report again that was closed meanwhile")
  func revived() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let id = try fixture.request(report)
    try fixture.minutes(31)
    try fixture.call("close", report)
    #expect(fixture.row(2)?["open"] == 0)
    try fixture.call("stop.record", id, ["result": "stopped", "at": "2026-03-02T09:20:00+08:00"])
    #expect(fixture.stored(report)?.state == .open)
    #expect(fixture.row(2)?["open"] == 1 && fixture.row(2)?["ended_at"] == nil)
    #expect(fixture.store.contents.deadlines["stoploss|idle|\(report)"] != nil)
    expectRefused("stoploss.close", at: "/id") { try fixture.call("close", report) }
  }

  @Test("keeping counts from the close: an account's from that of its last open report")
  func keeping() throws {
    let fixture = try Fixture()
    let first = try fixture.report()
    let second = try fixture.report(victims: [5], [Fixture.transfer(5, 2, 70)])
    #expect(fixture.row(2)?["ended_at"] == nil && fixture.row(2)?["open"] == 2)
    try fixture.call("close", first)
    #expect(fixture.row(1)?["ended_at"] == "2026-03-02T01:00:00.000Z")
    #expect(fixture.row(2)?["ended_at"] == nil)
    try fixture.call("close", second)
    #expect(fixture.row(2)?["ended_at"] != nil)
    // It turns up again.
    try fixture.report(victims: [7], [Fixture.transfer(7, 2, 1)])
    #expect(fixture.row(2)?["ended_at"] == nil && fixture.row(2)?["open"] == 1)
    try fixture.call("reopen", first)
    #expect(fixture.row(2)?["open"] == 2)
    #expect(fixture.row(1)?["ended_at"] == nil)
  }

  @Test("a report on which nothing happens for a year is closed by itself, but not while money is held")
  func idle() throws {
    let fixture = try Fixture()
    let quiet = try fixture.report()
    let held = try fixture.report(victims: [5], [Fixture.transfer(5, 6, 70)])
    try fixture.frozen(6, of: held, ["kind": "securities"])
    try fixture.store.advance(to: Fixture.at("2027-03-02T08:59:59.999+08:00"))
    #expect(fixture.stored(quiet)?.state == .open)
    try fixture.store.advance(to: Fixture.at("2027-03-02T09:00:00+08:00"))
    #expect(fixture.stored(quiet)?.state == .closed)
    #expect(fixture.stored(held)?.state == .open)
    // The freeze lapses after two years; at the next look the report is closed.
    try fixture.store.advance(to: Fixture.at("2029-03-02T09:00:00+08:00"))
    #expect(fixture.stored(held)?.state == .closed)
    #expect(fixture.row(6)?["ended_at"] != nil)
  }
}
