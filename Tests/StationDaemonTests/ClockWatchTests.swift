import StationDaemon
import Testing

@Suite struct ClockWatchTests {
  private static let day: Int64 = 86_400_000

  @Test(
    arguments: [
      (0, nil), (59_999, nil), (-59_999, nil), (60_000, 60_000), (-60_000, -60_000), (day, day), (-day, -day),
    ] as [(Int64, Int64?)])
  func `a minute is a jump, less is a correction`(by: Int64, told: Int64?) {
    var watch = ClockWatch()
    #expect(watch.note(realtime: 5_000, steady: 100) == nil)
    #expect(watch.note(realtime: 6_000 + by, steady: 1_100) == told)
    #expect(watch.note(realtime: 7_000 + by, steady: 2_100) == nil)
    #expect(watch.jump(steady: 2_100) == told)
  }

  @Test func `time in which the machine slept is no jump`() {
    var watch = ClockWatch()
    _ = watch.note(realtime: 5_000, steady: 100)
    #expect(watch.note(realtime: 5_000 + Self.day, steady: 100 + Self.day) == nil)
  }

  @Test func `a jump is told of for a day`() {
    var watch = ClockWatch()
    _ = watch.note(realtime: 0, steady: 0)
    _ = watch.note(realtime: 90_000, steady: 1_000)
    #expect(watch.jump(steady: 1_000 + ClockWatch.memory - 1) == 89_000)
    #expect(watch.jump(steady: 1_000 + ClockWatch.memory) == nil)
  }
}
