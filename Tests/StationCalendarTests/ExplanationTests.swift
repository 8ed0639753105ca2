import StationCalendar
import Testing

@Suite("ExplanationStep")
struct ExplanationTests {
  private func computed(_ term: Term, _ start: String) throws -> ComputedTerm {
    try Fixtures.clock().end(
      of: term, from: at(start), rule: RuleRef(id: "support.response", version: "2026.1"),
      serviceHours: Fixtures.hours())
  }

  private func codes(_ term: Term, _ start: String) throws -> [String] {
    try computed(term, start).explanation.map(\.code)
  }

  @Test("a term gives its rule, calendar, start, the days skipped and why, the shift and the end")
  func whole() throws {
    let term = try computed(.calendarDays(10), "2026-09-22 09:00")
    let lines = term.explanation.map { step in
      ([step.code] + step.fields(zone: .shanghai).map { "\($0.name)=\($0.value)" }).joined(separator: " ")
    }
    #expect(
      lines == [
        "rule id=support.response version=2026.1 term=10d",
        "calendar version=2025.1+2026.1",
        "start at=2026-09-22T09:00:00.000+08:00",
        "start_day_excluded date=2026-09-22",
        "last_day date=2026-10-02",
        "day_skipped date=2026-10-02 reason=holiday holiday=国庆节",
        "day_skipped date=2026-10-03 reason=holiday holiday=国庆节",
        "day_skipped date=2026-10-04 reason=holiday holiday=国庆节",
        "day_skipped date=2026-10-05 reason=holiday holiday=国庆节",
        "day_skipped date=2026-10-06 reason=holiday holiday=国庆节",
        "day_skipped date=2026-10-07 reason=holiday holiday=国庆节",
        "shifted from=2026-10-02 to=2026-10-08",
        "end at=2026-10-09T00:00:00.000+08:00",
      ])
  }

  @Test("every kind of term explains itself")
  func kinds() throws {
    #expect(try codes(.hours(48), "2026-10-01 09:00") == ["rule", "calendar", "start", "end"])
    #expect(
      try codes(.months(6, kind: .coercive), "2026-08-31 09:00") == [
        "rule", "calendar", "start", "start_day_excluded", "clamped_to_month_end", "last_day",
        "never_shifts", "end",
      ])
    #expect(
      try codes(.workingDays(2), "2026-11-20 09:00") == [
        "rule", "calendar", "start", "start_day_excluded", "day_skipped", "day_skipped", "last_day", "end",
      ])
    #expect(
      try codes(.calendarDays(10), "2026-12-23 09:00") == [
        "rule", "calendar", "start", "start_day_excluded", "last_day", "day_skipped", "day_skipped",
        "shifted", "provisional", "end",
      ])
    #expect(
      try codes(.workingMinutes(30), "2026-11-22 09:00") == [
        "rule", "calendar", "service_hours", "start", "day_skipped", "end",
      ])
  }

  @Test("is told in English and Chinese")
  func sentences() throws {
    let term = try computed(.calendarDays(10), "2026-12-23 09:00")
    #expect(
      term.explain(.english) == [
        "Rule support.response, version 2026.1, sets 10 days.",
        "Working days by calendar 2025.1+2026.1.",
        "The term starts at 2026-12-23T09:00:00.000+08:00.",
        "The day of the start, 2026-12-23, does not count.",
        "The last day is 2027-01-02.",
        "2027-01-02 is not a working day: weekend.",
        "2027-01-03 is not a working day: weekend.",
        "The last day moves from 2027-01-02 to the next working day, 2027-01-04.",
        "Provisional: 2027 has no calendar yet, so Monday to Friday were taken for working days.",
        "The term is over from 2027-01-05T00:00:00.000+08:00 on.",
      ])
    #expect(
      term.explain(.chinese).suffix(4) == [
        "2027-01-03 不是工作日：周末。",
        "最后一日由 2027-01-02 顺延至下一个工作日 2027-01-04。",
        "暂定：2027年放假安排尚未公布，暂按周一至周五为工作日计算。",
        "自 2027-01-05T00:00:00.000+08:00 起期限届满。",
      ])
  }

  @Test("a term that never shifts is not told to be a coercive measure")
  func neverShifts() throws {
    for (kind, english, chinese) in [
      (
        .coercive, "This term ends on its day, 2026-10-01, working day or not.", "本期限于 2026-10-01 届满，不因节假日顺延。"
      ),
      (
        .custody, "A term of custody ends on its day, 2026-10-01, working day or not.",
        "在押期间于 2026-10-01 届满，不因节假日顺延。"
      ),
    ] as [(Term.Kind, String, String)] {
      let term = try computed(.months(6, kind: kind), "2026-04-01 09:00")
      #expect(term.explain(.english).contains(english))
      #expect(term.explain(.chinese).contains(chinese))
    }
  }

  @Test("pauses are told with their length")
  func pauses() throws {
    let ledger = try PauseLedger(
      pauses: [.init(from: at("2026-11-20 10:00"), to: at("2026-11-20 11:30:05.250"), reason: "info")])
    let term = try #require(
      try Fixtures.clock().due(
        of: .hours(1), from: at("2026-11-20 09:00"), rule: Fixtures.rule, pauses: ledger))
    #expect(term.explain(.english).contains("Pauses give back 1 h 30 min 5 s 250 ms."))
    #expect(term.explain(.chinese).contains("暂停时间 1小时30分钟5秒250毫秒 不计入期限。"))
  }

  @Test("a term of several years without a calendar names each of them")
  func years() throws {
    let term = try Fixtures.clock().end(
      of: .workingDays(300), from: at("2026-12-01 09:00"), rule: Fixtures.rule)
    let years = term.explanation.compactMap { step -> Int? in
      if case .provisional(let year) = step { year } else { nil }
    }
    #expect(years == [2027, 2028])
  }
}
