import StationKit
import StationPluginWire

extension PluginRunner {
  package var isWanted: Bool { with { state, _ in state.isWanted } }

  package var settings: PluginSettings { with { state, _ in state.settings } }

  /// How it is doing, in short.
  package struct Standing: Sendable {
    package let name: String
    package let state: PluginState
    package let reason: String
    /// Whether it is one of the daemon's own modules, in a process of its own.
    package let isModule: Bool
    /// Whether the configuration wants it to run.
    package let isEnabled: Bool
  }

  package var standing: Standing {
    with { state, _ in
      Standing(
        name: name, state: state.life.state, reason: state.life.reason, isModule: local != nil,
        isEnabled: state.settings.isEnabled)
    }
  }

  /// What `plugin.show` tells.
  package var report: JSONObject {
    with { state, _ in
      let session = (state.current ?? state.candidate).flatMap { state.sessions[$0] }
      var object: JSONObject = [
        "name": .string(name), "state": .string(state.life.state.rawValue),
        "reason": .string(state.life.reason),
        "since": .string(state.since.rfc3339(zone: surroundings.zone)),
        "program": .string(state.settings.program),
        "calls": .int(session?.calls.count ?? 0), "waiting": .int(state.waiting.count),
        "failures": .int(state.life.recentFailures), "faults": .int(state.faults),
      ]
      if let session {
        if session.process.pid > 0 { object["pid"] = .int(Int(session.process.pid)) }
        if let digest = session.digest { object["sha256"] = .string(digest) }
        if let version = session.loaded?.manifest.version { object["version"] = .string(version) }
      }
      if let (at, problem) = state.lastReload {
        object["last_reload"] = .object(
          (["at": .string(at.rfc3339(zone: surroundings.zone))] as JSONObject)
            .adding("problem", problem.map { .string($0) }))
      }
      if let restartAt = state.life.restartAt {
        object["restart_in_ms"] = .int(Int(max(0, restartAt - Monotonic.milliseconds())))
      }
      return object
    }
  }

  /// Its last lines, oldest first.
  package func lines(_ limit: Int) -> [JSONValue] {
    with { state, _ in
      state.log.lines.suffix(limit).map {
        [
          "at": .string($0.at.rfc3339(zone: surroundings.zone)), "level": .string($0.level),
          "text": .string($0.text),
        ]
      }
    }
  }
}
