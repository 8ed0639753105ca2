import StationClient

/// Where a log is that no daemon serves: a stopped daemon's state or a copy of it.
enum OfflineLog {
  /// The daemon's state directory, with database, anchor and key where the daemon puts them.
  case state(directory: String)
  /// The parts one by one.
  case parts(database: String, anchor: String, key: String)
}

/// Verification of a database without the daemon.
enum OfflineAudit {
  /// Recomputes the log from the database and compares it with the checkpoint kept outside of it.
  /// Throws `LogFault` for the first thing that is wrong.
  static func verify(_ log: OfflineLog) throws -> LogReport {
    throw UsageError(
      "this build of stationctl cannot read databases; verify over the socket, without --state and --db",
      zh: "此版本的 stationctl 不能读取数据库；请不带 --state 和 --db，通过套接字验证")
  }
}
