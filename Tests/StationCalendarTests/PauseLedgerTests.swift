import StationCalendar
import Testing

@Suite("PauseLedger")
struct PauseLedgerTests {
  private func minute(_ minutes: Int) -> Instant { Instant(milliseconds: Int64(minutes) * 60_000) }

  private func ledger(_ pauses: [(Int, Int?)]) throws -> PauseLedger {
    try PauseLedger(
      pauses: pauses.map { .init(from: minute($0.0), to: $0.1.map { minute($0) }, reason: "info") })
  }

  @Test(
    "the limit is due after the start, the limit and the pauses",
    arguments: [
      ([], 60, 60, 60), ([(10, 20)], 60, 70, 70), ([(10, 20), (30, 35)], 60, 75, 75),
      ([(0, 60)], 60, 120, 120), ([(59, 69)], 60, 70, 70), ([(60, 70)], 60, 70, 60),
      ([(100, 200)], 60, 160, 60), ([(50, 80)], 40, 70, 40), ([(10, 10)], 60, 60, 60),
      ([(10, 20), (69, 80)], 60, 81, 81), ([(10, 20), (70, 80)], 60, 80, 70),
      ([(-20, -10)], 60, 60, 60), ([(-20, 10)], 60, 70, 70),
      ([(10, nil)], 60, nil, nil), ([(10, 20), (30, nil)], 60, nil, nil), ([(60, nil)], 60, nil, 60),
      ([(59, nil)], 60, nil, nil), ([(10, 20), (70, nil)], 60, nil, 70),
    ] as [([(Int, Int?)], Int, Int?, Int?)])
  func due(_ pauses: [(Int, Int?)], _ limit: Int, _ due: Int?, _ reached: Int?) throws {
    let ledger = try ledger(pauses)
    let milliseconds = Int64(limit) * 60_000
    #expect(ledger.due(start: minute(0), limitMilliseconds: milliseconds) == due.map { minute($0) })
    #expect(ledger.reached(start: minute(0), limitMilliseconds: milliseconds) == reached.map { minute($0) })
  }

  @Test("what was paused stays paused when the limit changes")
  func limitChanges() throws {
    var ledger = PauseLedger()
    try ledger.pause(at: minute(20), reason: "more information")
    #expect(ledger.isPaused)
    #expect(ledger.due(start: minute(0), limitMilliseconds: 3_600_000) == nil)
    #expect(ledger.elapsed(from: minute(0), to: minute(25)) == 20 * 60_000)
    try ledger.resume(at: minute(50))
    for limit in [30, 60, 240] {
      #expect(ledger.due(start: minute(0), limitMilliseconds: Int64(limit) * 60_000) == minute(limit + 30))
    }
    #expect(ledger.totalPaused(since: minute(0)) == 30 * 60_000)
    #expect(ledger.totalPaused(since: minute(40)) == 10 * 60_000)
    #expect(ledger.elapsed(from: minute(0), to: minute(60)) == 30 * 60_000)
    #expect(ledger.elapsed(from: minute(10), to: minute(5)) == 0)
  }

  @Test("refuses pauses out of order")
  func refuses() throws {
    var ledger = PauseLedger()
    #expect(throws: CalendarError.notPaused) { try ledger.resume(at: minute(1)) }
    try ledger.pause(at: minute(10), reason: "a")
    #expect(throws: CalendarError.alreadyPaused) { try ledger.pause(at: minute(11), reason: "b") }
    #expect(throws: CalendarError.pauseOutOfOrder) { try ledger.resume(at: minute(9)) }
    try ledger.resume(at: minute(20))
    #expect(throws: CalendarError.notPaused) { try ledger.resume(at: minute(21)) }
    #expect(throws: CalendarError.pauseOutOfOrder) { try ledger.pause(at: minute(19), reason: "b") }
    try ledger.pause(at: minute(20), reason: "b")
    #expect(ledger.pauses.map(\.reason) == ["a", "b"])
    #expect(try PauseLedger(pauses: ledger.pauses) == ledger)
    let bad: [[(Int, Int?)]] = [
      [(20, 10)], [(10, 30), (20, 40)], [(10, nil), (20, 30)], [(30, 40), (10, 20)],
    ]
    for pauses in bad { #expect(throws: CalendarError.pauseOutOfOrder) { try self.ledger(pauses) } }
  }

  @Test("elapsed time reaches the limit exactly when it is reached", arguments: 0..<200)
  func agrees(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var ledger = PauseLedger()
    var clock = Int.random(in: -20...20, using: &random)
    for _ in 0..<Int.random(in: 0...5, using: &random) {
      try ledger.pause(at: minute(clock), reason: "r")
      clock += Int.random(in: 0...30, using: &random)
      if Int.random(in: 0..<8, using: &random) == 0 { break }
      try ledger.resume(at: minute(clock))
      clock += Int.random(in: 0...30, using: &random)
    }
    let limit = Int64.random(in: 1...90, using: &random) * 60_000
    let first = (0...400).map(minute).first { ledger.elapsed(from: minute(0), to: $0) >= limit }
    #expect(ledger.reached(start: minute(0), limitMilliseconds: limit) == first)
  }

  @Test("pauses give back working time for a limit in working minutes, wall time for hours")
  func clockDue() throws {
    let clock = try Fixtures.clock()
    var pauses = PauseLedger()
    try pauses.pause(at: at("2026-11-20 17:00"), reason: "info")
    let start = try at("2026-11-20 09:00")
    #expect(try clock.due(of: .hours(2), from: start, rule: Fixtures.rule, pauses: pauses) == nil)
    try pauses.resume(at: at("2026-11-23 10:00"))
    let wall = try clock.due(of: .hours(24), from: start, rule: Fixtures.rule, pauses: pauses)
    #expect(wall?.end == (try at("2026-11-24 02:00")))
    // Paused: an hour on Friday, and 08:30 to 10:00 on Monday.
    let working = try clock.due(
      of: .workingMinutes(480), from: start, rule: Fixtures.rule, serviceHours: Fixtures.hours(),
      pauses: pauses)
    #expect(working?.end == (try at("2026-11-23 12:00")))
    #expect(throws: CalendarError.pauseNeedsTimeOfDay) {
      try clock.due(of: .workingDays(3), from: start, rule: Fixtures.rule, pauses: pauses)
    }
  }
}
