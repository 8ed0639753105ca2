import CStationSpawn
import Foundation
import StationKit
import StationPluginWire
import Synchronization

/// All plugins of one daemon.
package final class PluginHost: Sendable {
  private struct State {
    var runners: [String: PluginRunner] = [:]
    var isStopping = false
  }
  private let state = Mutex(State())
  private let make: @Sendable (PluginSettings) -> PluginRunner

  /// Between two looks at what has a time, in milliseconds.
  private static let tickMs: UInt32 = 25

  /// - Parameter make: makes the runner of a plugin that is new.
  package init(make: @escaping @Sendable (PluginSettings) -> PluginRunner) { self.make = make }

  package var runners: [PluginRunner] {
    state.withLock { $0.runners.values.sorted { $0.name < $1.name } }
  }

  package func runner(_ name: String) -> PluginRunner? { state.withLock { $0.runners[name] } }

  /// The runner of that name; made where there is none.
  package func runner(for settings: PluginSettings) -> PluginRunner {
    state.withLock { state in
      if let runner = state.runners[settings.name] { return runner }
      let runner = make(settings)
      state.runners[settings.name] = runner
      return runner
    }
  }

  /// Keeps this process's memory and descriptors from all that run as the same user, plugins among them, for as long
  /// as it lives. There is no core file of it then, and no debugger but root's.
  package static func conceal() { _ = station_spawn_conceal() }

  /// Starts those that are wanted, and the clock. Nothing waits for them.
  package func start() {
    let thread = Thread { [self] in
      while !state.withLock({ $0.isStopping }) {
        for runner in runners { runner.tick() }
        usleep(Self.tickMs * 1000)
      }
    }
    thread.name = "plugins"
    thread.start()
    for runner in runners where runner.isWanted { runner.start(nil, why: "the daemon started") { _, _ in } }
  }

  package func published(upTo seq: Int) {
    for runner in runners { runner.published(upTo: seq) }
  }

  /// Drains and ends all plugins.
  package func stop() async {
    await withTaskGroup(of: Void.self) { group in
      for runner in runners {
        group.addTask {
          await withCheckedContinuation { waiter in
            runner.stop(why: "the daemon stops", forGood: false) { _, _ in waiter.resume() }
          }
        }
      }
    }
    state.withLock { $0.isStopping = true }
  }
}
