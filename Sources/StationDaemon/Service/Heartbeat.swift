import Logging
import StationSystemd
import Synchronization

/// Feeds the service manager's watchdog, and only while the event loops and the writer both make progress.
package final class Heartbeat: Sendable {
  /// Something that must go on: it is asked, and answers whenever it comes round to it.
  package struct Part: Sendable {
    package let name: String
    /// A number that changes while the part works, which counts as an answer: one who has much to do may come
    /// round late.
    package let progress: @Sendable () -> Int
    /// Calls its argument once: with `true` from inside the part, with `false` where it could not be asked.
    package let ask: @Sendable (@escaping @Sendable (Bool) -> Void) -> Void

    package init(
      name: String, progress: @escaping @Sendable () -> Int = { 0 },
      ask: @escaping @Sendable (@escaping @Sendable (Bool) -> Void) -> Void
    ) {
      self.name = name
      self.progress = progress
      self.ask = ask
    }
  }

  private let parts: [String: Part]
  private let pulse: Mutex<Pulse>
  private let counted: Mutex<[String: Int]>
  private let ticker: Ticker
  private let notifier: ServiceNotifier
  private let log: Logger

  /// Asks every part four times within the watchdog's time-out, on a thread of neither.
  package init(_ watchdog: Watchdog, notifier: ServiceNotifier, log: Logger, parts: [Part]) {
    self.parts = Dictionary(parts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.notifier = notifier
    self.log = log
    pulse = Mutex(Pulse(parts: parts.map(\.name)))
    counted = Mutex([:])
    let interval = watchdog.timeout / 4
    ticker = Ticker("heartbeat", every: .milliseconds(Int(interval / .milliseconds(1))))
    ticker.start { [weak self] in self?.beat() }
  }

  package func stop() { ticker.stop() }

  private func beat() {
    for (name, part) in parts {
      let now = part.progress()
      let moves = counted.withLock { counted in
        defer { counted[name] = now }
        return counted[name, default: now] != now
      }
      if moves { pulse.withLock { $0.note(name, answered: true) } }
    }
    let verdict = pulse.withLock { $0.beat() }
    if verdict.isAlive {
      notifier.notify(.watchdog)
    } else {
      for name in verdict.silent { log.warning("no sign of life", metadata: ["part": "\(name)"]) }
    }
    for name in verdict.asks {
      parts[name]?.ask { [weak self] answered in self?.pulse.withLock { $0.note(name, answered: answered) } }
    }
  }
}
