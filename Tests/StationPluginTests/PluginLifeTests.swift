import StationPluginHost
import StationPluginWire
import Testing

@Suite struct PluginLifeTests {
  private static let limits = {
    var limits = PluginLimits()
    (limits.restarts, limits.restartWindowMs) = (4, 1_000)
    (limits.firstBackOffMs, limits.longestBackOffMs) = (100, 150)
    return limits
  }()

  private func started() -> PluginLife {
    var life = PluginLife(limits: Self.limits)
    life.start("test")
    return life
  }

  @Test func `the pause before a restart doubles up to a bound`() {
    var life = started()
    life.failed("first", now: 0)
    #expect(life.state == .failed)
    #expect(life.restartAt == 100)
    let isEarly = life.tick(now: 99)
    let isDue = life.tick(now: 100)
    #expect(!isEarly && isDue)
    #expect(life.state == .loading)
    life.failed("second", now: 200)
    #expect(life.restartAt == 350)
  }

  @Test func `too many failures in the window end in quarantine, and only a person ends that`() {
    var life = started()
    for time in [0, 10, 20] as [Int64] { life.failed("again", now: time) }
    #expect(life.state == .failed)
    life.failed("again", now: 30)
    #expect(life.state == .quarantined)
    #expect(life.reason == "failed 4 times: again")
    let isDue = life.tick(now: 1_000_000)
    #expect(!isDue)
    life.start("by a person")
    #expect(life.recentFailures == 0)
    life.failed("once more", now: 40)
    #expect(life.state == .failed)
  }

  @Test func `failures that lie long back are forgiven`() {
    var life = started()
    for time in [0, 1_000, 2_000, 3_000, 4_000] as [Int64] {
      life.failed("now and then", now: time)
      life.becameReady()
    }
    #expect(life.recentFailures == 1)
  }

  @Test func `whoever fails while it is to end has ended`() {
    var life = started()
    life.becameReady()
    life.drain("stop")
    life.failed("crashed", now: 0)
    #expect(life.state == .stopped)
  }

  @Test func `a caller is told when to try again`() {
    var life = started()
    #expect(life.retryAfter(now: 0) == 200)
    life.failed("x", now: 0)
    #expect(life.retryAfter(now: 0) == 300)
    life.refused("cannot be used")
    #expect(life.retryAfter(now: 0) == 60_000)
  }
}
