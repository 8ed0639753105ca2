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
    let old = running.withLock { $0.configuration }
    var configuration = old
    if let file = old.file {
      configuration = try .load(file)
      try Self.check(configuration)
    }
    let (policy, trace) = try AccessFile.policy(of: configuration)
    let calendar = try CalendarFiles.load(configuration.calendarDirectory)
    let new = RunningConfiguration(configuration: configuration, access: trace, calendar: calendar)
    let report = running.withLock { running in
      let report = running.difference(to: new)
      running.take(new)
      // In here, so that two reloads do not leave a mixture.
      dispatcher.apply(policy: policy, limits: configuration.limits)
      server.apply(configuration.limits)
      store.setQueueLimit(configuration.limits.writeQueue)
      store.environment.replace(calendar)
      stationLog.logLevel = configuration.logLevel
      callLog?.choice = configuration.logCalls
      return report
    }
    for change in report.changed {
      log.notice(
        "reloaded", metadata: ["key": "\(change.key)", "from": "\(change.from)", "to": "\(change.to)"])
    }
    for change in report.needsRestart {
      log.warning("needs a restart", metadata: ["key": "\(change.key)", "to": "\(change.to)"])
    }
    return report
  }
}
