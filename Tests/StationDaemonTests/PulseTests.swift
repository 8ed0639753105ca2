import StationDaemon
import Testing

@Suite struct PulseTests {
  @Test func `while all parts answer, every beat feeds and asks all again`() {
    var pulse = Pulse(parts: ["writer", "sockets"])
    for _ in 0..<3 {
      #expect(pulse.beat() == .init(isAlive: true, asks: ["sockets", "writer"], silent: []))
      pulse.note("writer", answered: true)
      pulse.note("sockets", answered: true)
    }
  }

  @Test(arguments: ["writer", "sockets"])
  func `one silent part starves the watchdog, and is not asked twice`(silent: String) {
    var pulse = Pulse(parts: ["writer", "sockets"])
    _ = pulse.beat()
    for part in ["writer", "sockets"] where part != silent { pulse.note(part, answered: true) }
    for _ in 0..<3 { #expect(pulse.beat() == .init(isAlive: false, asks: [], silent: [silent])) }
    pulse.note(silent, answered: true)
    #expect(pulse.beat().isAlive)
  }

  @Test func `a part that could not be asked is asked again, and does not feed`() {
    var pulse = Pulse(parts: ["writer"])
    _ = pulse.beat()
    pulse.note("writer", answered: false)
    #expect(pulse.beat() == .init(isAlive: false, asks: ["writer"], silent: []))
    pulse.note("writer", answered: true)
    #expect(pulse.beat().isAlive)
  }

  @Test func `an answer that nobody waits for counts for nothing`() {
    var pulse = Pulse(parts: ["writer"])
    _ = pulse.beat()
    pulse.note("writer", answered: true)
    pulse.note("writer", answered: false)
    pulse.note("other", answered: true)
    #expect(pulse.beat().isAlive)
  }
}
