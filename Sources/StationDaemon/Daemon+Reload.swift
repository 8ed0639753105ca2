import StationKit
import StationRPC

extension Daemon {
  /// Every key of a configuration and of its access rules with value, source and what it takes, as JSON text.
  package static func describe(_ configuration: DaemonConfiguration) throws -> String {
    let running = RunningConfiguration(
      configuration: configuration, access: try AccessFile.policy(of: configuration).trace,
      calendar: try CalendarFiles.load(configuration.calendarDirectory))
    return JSONValue.array(running.values.map(\.json)).encodedString
  }

  /// Reads the configuration anew and brings into force what can be: access rules, limits, log level, calendars.
  ///
  /// Everything is read and checked first, as at a start; nothing changes when anything is wrong.
  /// - Throws: ``ConfigurationError`` with file, line and what was expected.
  func reload() throws -> ReloadReport {
    let (new, policy, doubts) = try readAnew()
    let configuration = new.configuration
    let report = running.withLock { running in
      let report = running.difference(to: new)
      running.take(new)
      // In here, so that two reloads do not leave a mixture.
      dispatcher.apply(policy: policy, limits: configuration.limits)
      server.apply(configuration.limits)
      store.setQueueLimit(configuration.limits.writeQueue)
      if new.calendar.version != store.environment.calendar.version {
        store.environment.replace(new.calendar)
        // Modules in processes of their own compute with the calendar that they were started with.
        plugins.replace(new.calendar) { [store] in store.wakeProvisional() }
      }
      stationLog.logLevel = configuration.logLevel
      callLog?.choice = configuration.logCalls
      return report
    }
    for change in report.changed {
      log.notice(
        "reloaded", metadata: ["key": "\(change.key)", "from": "\(change.from)", "to": "\(change.to)"])
    }
    for doubt in doubts { log.warning("\(doubt)") }
    for change in report.needsRestart {
      log.warning("needs a restart", metadata: ["key": "\(change.key)", "to": "\(change.to)"])
    }
    return report
  }

  /// What `system.reload` does, by the daemon's own user and with the records of that: at SIGHUP.
  package func reloadAsAct() {
    dispatcher.act(
      store.environment.ownCause("system.reload"),
      { [self] done in SystemModule.reload({ try self.reload() }, done) },
      { [log] answer in
        if case .failure(let error) = answer {
          log.error("not reloaded", metadata: ["reason": "\(error.message.en)"])
        }
      })
  }

  /// What a reload would change, and what a restart would.
  func preview() throws -> ReloadReport {
    let new = try readAnew().configuration
    return running.withLock { $0.difference(to: new) }
  }

  private func readAnew() throws -> (
    configuration: RunningConfiguration, policy: AccessPolicy, doubts: [String]
  ) {
    var configuration = running.withLock { $0.configuration }
    var doubts: [String] = []
    if let file = configuration.file {
      configuration = try .load(file)
      doubts = try Self.check(configuration)
    }
    let (policy, trace) = try AccessFile.policy(of: configuration)
    let calendar = try CalendarFiles.load(configuration.calendarDirectory)
    let read = RunningConfiguration(configuration: configuration, access: trace, calendar: calendar)
    return (read, policy, doubts)
  }

  /// Files whose permissions matter, as the configuration that holds names them.
  var protectedFiles: [ProtectedFile] {
    let configuration = running.withLock { $0.configuration }
    let state = configuration.stateDirectory
    var secret = [state, "\(state)/stationd.db", "\(state)/stationd.db-wal", "\(state)/audit.key"]
    if !configuration.masterKey.isCredential { secret.append(configuration.masterKey.path) }
    let settled = [configuration.file, configuration.accessFile].compactMap { $0 }
    return secret.map { ProtectedFile(path: $0, rule: .secret) }
      + settled.map { ProtectedFile(path: $0, rule: .settled) }
  }
}
