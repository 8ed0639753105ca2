import StationPluginHost
import StationPluginWire
import Testing

@Suite struct RehearsalLineTests {
  /// A third of the time, once 20 ms have been taken; `count` wait.
  private func line(_ count: Int) -> RehearsalLine<Int> {
    var limits = PluginLimits()
    (limits.rehearsalShare, limits.rehearsalBurstMs) = (3, 20)
    var line = RehearsalLine<Int>(limits: limits)
    for number in 1...count { line.add(number) }
    return line
  }

  @Test func `one is done at a time, in order`() {
    var line = line(3)
    let first = [line.next(now: 0), line.next(now: 0)]
    #expect(first == [1, nil])
    line.ended(took: 0, now: 0)
    let second = line.next(now: 0)
    #expect(second == 2)
  }

  @Test func `short ones follow each other at once`() {
    var line = line(40)
    var now = 1_000.0
    for number in 1...20 {
      let next = line.next(now: now)
      #expect(next == number)
      now += 0.5
      line.ended(took: 0.5, now: now)
    }
  }

  @Test func `all together take a share`() {
    var line = line(2_000)
    var (taken, now) = (0.0, 0.0)
    while now < 10_000 {
      guard line.next(now: now) != nil else {
        now += 1
        continue
      }
      now += 50
      taken += 50
      line.ended(took: 50, now: now)
    }
    #expect((3_300...3_450).contains(taken))
  }
}
