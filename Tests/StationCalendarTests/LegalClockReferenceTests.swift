import StationCalendar
import Testing

/// A slow clock that shares nothing with the real one: it lists every day and walks day by day, or minute by
/// minute.
private struct ReferenceClock {
  struct Day {
    let year: Int
    let month: Int
    let day: Int
    let working: Bool
    let covered: Bool
  }

  private(set) var days: [Day] = []
  /// 2024-01-01T00:00:00+08:00, the start of the first day, a Monday.
  static let origin: Int64 = 1_704_038_400_000

  private static let off: [(Int, Int, Int, Int)] = [
    (2025, 1, 1, 1), (2025, 1, 28, 31), (2025, 2, 1, 4), (2025, 4, 4, 6), (2025, 5, 1, 5),
    (2025, 5, 31, 31), (2025, 6, 1, 2), (2025, 10, 1, 8), (2026, 1, 1, 3), (2026, 2, 15, 23),
    (2026, 4, 4, 6), (2026, 5, 1, 5), (2026, 6, 19, 21), (2026, 9, 25, 27), (2026, 10, 1, 7),
  ]
  private static let worked: [(Int, Int, Int)] = [
    (2025, 1, 26), (2025, 2, 8), (2025, 4, 27), (2025, 9, 28), (2025, 10, 11), (2026, 1, 4), (2026, 2, 14),
    (2026, 2, 28), (2026, 5, 9), (2026, 9, 20), (2026, 10, 10),
  ]

  static func length(_ year: Int, _ month: Int) -> Int {
    if month == 2 { return year % 4 == 0 ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  init() {
    var weekday = 0
    for year in 2024...2035 {
      for month in 1...12 {
        for day in 1...ReferenceClock.length(year, month) {
          let off = ReferenceClock.off.contains {
            $0.0 == year && $0.1 == month && $0.2 <= day && day <= $0.3
          }
          let worked = ReferenceClock.worked.contains { $0 == (year, month, day) }
          days.append(
            Day(
              year: year, month: month, day: day, working: worked || (weekday < 5 && !off),
              covered: year == 2025 || year == 2026))
          weekday = (weekday + 1) % 7
        }
      }
    }
  }

  /// The end in milliseconds, and whether a day without a calendar decided it.
  func end(_ term: Term, _ start: Int64) -> (Int64, Bool) {
    let first = Int((start - ReferenceClock.origin) / 86_400_000)
    var last = first
    var provisional = false
    switch term.length {
    case .minutes(let count): return (start + Int64(count) * 60_000, false)
    case .hours(let count): return (start + Int64(count) * 3_600_000, false)
    case .calendarDays(let count): last += count
    case .months(let count): last = later(first, count)
    case .years(let count): last = later(first, count * 12)
    case .workingDays(let count):
      var left = count
      while left > 0 {
        last += 1
        if !days[last].covered { provisional = true }
        if days[last].working { left -= 1 }
      }
    case .workingMinutes(let count):
      return walk(count, start)
    }
    if term.kind == .ordinary {
      while true {
        if !days[last].covered { provisional = true }
        if days[last].working { break }
        last += 1
      }
    }
    return (ReferenceClock.origin + Int64(last + 1) * 86_400_000, provisional)
  }

  private func later(_ index: Int, _ months: Int) -> Int {
    var (year, month) = (days[index].year, days[index].month)
    for _ in 0..<months { (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1) }
    let day = min(days[index].day, ReferenceClock.length(year, month))
    return days.firstIndex { $0.year == year && $0.month == month && $0.day == day } ?? -1
  }

  /// Minute by minute through 08:30 to 12:00 and 14:00 to 18:00, for a start on a whole minute.
  private func walk(_ minutes: Int, _ start: Int64) -> (Int64, Bool) {
    var minute = Int((start - ReferenceClock.origin) / 60_000)
    var left = minutes
    var provisional = false
    while left > 0 {
      let day = days[minute / 1440]
      let ofDay = minute % 1440
      if !day.covered { provisional = true }
      if day.working && ((510..<720).contains(ofDay) || (840..<1080).contains(ofDay)) { left -= 1 }
      minute += 1
    }
    return (ReferenceClock.origin + Int64(minute) * 60_000, provisional)
  }
}

@Suite("LegalClock against a slow reference")
struct LegalClockReferenceTests {
  private static func term(_ random: inout SeededGenerator) -> Term {
    let kind = Term.Kind.allCases.randomElement(using: &random) ?? .ordinary
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .hours(.random(in: 1...2000, using: &random), kind: kind)
    case 1: return .minutes(.random(in: 1...90_000, using: &random), kind: kind)
    case 2: return .calendarDays(.random(in: 1...200, using: &random), kind: kind)
    case 3: return .workingDays(.random(in: 1...120, using: &random), kind: kind)
    case 4: return .months(.random(in: 1...30, using: &random), kind: kind)
    default: return .years(.random(in: 1...3, using: &random), kind: kind)
    }
  }

  /// An instant of 2024 to 2027, on the minute half of the time.
  private static func start(_ random: inout SeededGenerator, wholeMinute: Bool = false) -> Int64 {
    let minutes = Int64.random(in: 0..<(4 * 365 * 1440), using: &random)
    let rest = wholeMinute || Bool.random(using: &random) ? 0 : Int64.random(in: 0..<60_000, using: &random)
    return ReferenceClock.origin + minutes * 60_000 + rest
  }

  @Test("agrees on ten thousand random terms", arguments: 0..<4)
  func agrees(_ seed: Int) throws {
    let reference = ReferenceClock()
    let clock = try Fixtures.clock()
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<2_500 {
      let term = Self.term(&random)
      let start = Self.start(&random)
      let computed = try clock.end(of: term, from: Instant(milliseconds: start), rule: Fixtures.rule)
      let (end, provisional) = reference.end(term, start)
      guard computed.end.milliseconds == end, computed.provisional == provisional else {
        Issue.record("\(term) from \(computed.start): \(computed.end), \(computed.provisional)")
        return
      }
    }
  }

  @Test("agrees minute by minute on working time")
  func workingTime() throws {
    let reference = ReferenceClock()
    let clock = try Fixtures.clock()
    let hours = try Fixtures.hours()
    var random = SeededGenerator(seed: 11)
    for _ in 0..<400 {
      let term = Term.workingMinutes(.random(in: 1...3_000, using: &random))
      let start = Self.start(&random, wholeMinute: true)
      let computed = try clock.end(
        of: term, from: Instant(milliseconds: start), rule: Fixtures.rule, serviceHours: hours)
      let (end, provisional) = reference.end(term, start)
      guard computed.end.milliseconds == end, computed.provisional == provisional else {
        Issue.record("\(term) from \(computed.start): \(computed.end), \(computed.provisional)")
        return
      }
    }
  }

  @Test("a longer term never ends sooner, and a later start neither", arguments: 20..<24)
  func monotonic(_ seed: Int) throws {
    let clock = try Fixtures.clock()
    let hours = try Fixtures.hours()
    var random = SeededGenerator(seed: UInt64(seed))
    let makers: [(Int) -> Term] = [
      { .hours($0) }, { .minutes($0) }, { .calendarDays($0) }, { .calendarDays($0, kind: .custody) },
      { .workingDays($0) }, { .months($0) }, { .months($0, kind: .coercive) }, { .years($0) },
      { .workingMinutes($0) },
    ]
    for _ in 0..<500 {
      let start = Instant(milliseconds: Self.start(&random))
      let later = start.adding(milliseconds: .random(in: 0...200_000_000, using: &random))
      let count = Int.random(in: 1...60, using: &random)
      for make in makers {
        func end(_ count: Int, _ from: Instant) throws -> Instant {
          try clock.end(of: make(count), from: from, rule: Fixtures.rule, serviceHours: hours).end
        }
        let base = try end(count, start)
        #expect(base > start)
        #expect(try end(count + 1, start) >= base)
        #expect(try end(count, later) >= base)
      }
    }
  }
}
