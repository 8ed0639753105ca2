extension DaemonConfiguration {
  /// What the development profile sets, key by key, for those who ask what holds.
  var profile: KeyTrace {
    var values = [
      ("origin", origin), ("access", accessFile ?? ""), ("state", stateDirectory),
      ("master_key", masterKey.path), ("socket", socketPath),
      ("socket_mode", "0" + String(socketMode, radix: 8)), ("framing", framing.rawValue),
      ("zone_offset_minutes", String(zone.offsetMinutes)), ("calendars", calendarDirectory),
      ("directory", directoryFile ?? ""), ("io_threads", String(ioThreads)),
      ("reader_threads", String(readerThreads)),
    ]
    values += Self.limitKeys.map { ("limits.\($0.name)", String(limits[keyPath: $0.path])) }
    values += Self.isolable.map { ("modules.\($0).isolation", isolated.contains($0) ? "process" : "none") }
    values += BuiltInModule.allCases.compactMap { module in
      modules[module].map { ("modules.\(module.rawValue).\(module.dataKey)", $0) }
    }
    values += [
      ("modules.stoploss.spool", spool?.directory ?? ""), ("log_level", logLevel.rawValue),
      ("log_calls", logCalls.rawValue), ("drain_seconds", String(drainSeconds)),
    ]
    let trace = KeyTrace()
    for (key, value) in values {
      trace.note(KeyTrace.Entry(key: key, value: value, line: nil, takes: "", source: "development profile"))
    }
    return trace
  }
}
