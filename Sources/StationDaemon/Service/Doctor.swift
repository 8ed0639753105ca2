import CStationFiles
import Glibc
import StationKit
import StationPluginHost
import StationStore

/// Looks at everything that an administrator would look at, and says what to do.
struct Doctor {
  let store: Store
  let services: Services
  let context: CallContext
  /// The log as the call sees it.
  let log: LogReader

  /// Records of the log that are looked through for the newest backup.
  private static let lookedThrough: UInt64 = 100_000
  private static let backupHours: Int64 = 26

  func findings() throws -> [Finding] {
    let found =
      try [settings()] + [versions(), space(), clock(), calendar()] + keys() + [logAndAnchor(), backup()]
      + files()
      + [modules()] + plugins() + health()
    return found + metrics()
  }

  // MARK: - Settings

  private func settings() -> Finding {
    do {
      let report = try services.preview()
      guard report.changed.isEmpty, report.needsRestart.isEmpty else {
        let keys = (report.changed + report.needsRestart).map(\.key)
        return Finding(
          "settings", .warn,
          Text(
            "changed in the files and not in force: \(keys.joined(separator: ", "))",
            zh: "文件已改但未生效：\(keys.joined(separator: "、"))"),
          advice: report.needsRestart.isEmpty
            ? Text("stationctl reload", zh: "stationctl reload")
            : Text("systemctl restart stationd", zh: "systemctl restart stationd"))
      }
      return Finding("settings", .ok, Text("as in the files", zh: "与文件一致"))
    } catch {
      return Finding(
        "settings", .fail,
        Text("the daemon would not start with its files: \(error)", zh: "按当前文件守护进程将无法启动：\(error)"),
        advice: Text(
          "mend it before the next start; stationd --check-config FILE",
          zh: "下次启动前请修正；stationd --check-config FILE"))
    }
  }

  private func versions() -> Finding {
    let sqlite = Store.sqliteVersion
    return Finding(
      "versions", .ok,
      Text("stationd \(Daemon.version), SQLite \(sqlite)", zh: "stationd \(Daemon.version)，SQLite \(sqlite)"))
  }

  private func modules() -> Finding {
    let names = services.moduleNames.joined(separator: " ")
    return Finding("modules", .ok, Text(names, zh: names))
  }

  private func plugins() -> [Finding] {
    let plugins = services.plugins
    guard !plugins.isEmpty else { return [Finding("plugins", .ok, Text("none", zh: "无"))] }
    return plugins.map { plugin in
      let (name, check, reason) = (plugin.name, "plugin \(plugin.name)", plugin.reason)
      let text = Text("\(plugin.state.rawValue): \(reason)", zh: "\(plugin.state.chinese)：\(reason)")
      switch plugin.state {
      case .ready: return Finding(check, .ok, Text("ready", zh: "就绪"))
      case .loading, .draining: return Finding(check, .ok, text)
      case .stopped where !plugin.isEnabled: return Finding(check, .ok, Text("not enabled", zh: "未启用"))
      case .stopped:
        let start = "stationctl plugin start \(name)"
        return Finding(check, .warn, text, advice: Text(start, zh: start))
      case .failed, .quarantined:
        return Finding(
          check, .fail, text,
          advice: Text(
            "stationctl plugin logs \(name); mend it, then stationctl plugin start \(name)",
            zh: "stationctl plugin logs \(name)；排除故障后 stationctl plugin start \(name)"))
      }
    }
  }

  // MARK: - The machine

  private func space() -> Finding {
    guard let space = DiskSpace(of: store.stateDirectory) else {
      return Finding("space", .fail, Text("the disk cannot be asked", zh: "无法查询磁盘"))
    }
    let text = Text(
      "\(space.free >> 20) MiB of \(space.all >> 20) MiB are free",
      zh: "\(space.all >> 20) MiB 中可用 \(space.free >> 20) MiB")
    var report = HealthReport()
    report.judge(space)
    return report.problems.isEmpty
      ? Finding("space", .ok, text)
      : Finding("space", .warn, text, advice: Text("make room on the state's disk", zh: "请清理状态目录所在磁盘"))
  }

  private func clock() throws -> Finding {
    if let seconds = services.clockJump {
      return Finding(
        "clock", .warn, Text("it was set by \(seconds) s while the daemon ran", zh: "运行期间被调整 \(seconds) 秒"),
        advice: Text(
          "find out who set it; look at records and deadlines of that time", zh: "查明原因，核对该时段的记录与期限"))
    }
    // The newest record cannot be of a time to come, unless the clock went back.
    if let newest = try newestInstant(), newest.milliseconds > context.now.milliseconds + 60_000 {
      return Finding(
        "clock", .fail,
        Text(
          "it is behind the newest record, of \(newest.rfc3339(zone: context.zone))",
          zh: "落后于最新记录（\(newest.rfc3339(zone: context.zone))）"),
        advice: Text("set the machine's clock right (timedatectl)", zh: "请校正系统时钟（timedatectl）"))
    }
    if services.clock.isHeld {
      return Finding("clock", .warn, Text("held by dev.clock.set", zh: "已被 dev.clock.set 固定"))
    }
    // Where the sandbox forbids the question, there is no answer.
    guard station_clock_is_kept() == 0 else { return Finding("clock", .ok, Text("not jumped", zh: "无跳变")) }
    return Finding(
      "clock", .warn, Text("the kernel says that nothing keeps it right", zh: "内核报告时钟未同步"),
      advice: Text("run a time service (systemd-timesyncd, chrony)", zh: "请启用时间同步服务"))
  }

  private func newestInstant() throws -> Instant? {
    let size = try log.size()
    guard size > 0, let leaf = try log.entry(size - 1)?.leaf else { return nil }
    return try JSONParser.parse(leaf)["at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
  }

  private func calendar() -> Finding {
    var report = HealthReport()
    report.judge(context.calendar, at: context.now, zone: context.zone)
    guard let problem = report.problems.first else {
      return Finding("calendar", .ok, Text(context.calendar.version, zh: context.calendar.version))
    }
    return Finding(
      "calendar", .warn, problem.message,
      advice: Text(
        "put the year's file in the calendars directory, then stationctl reload",
        zh: "将新一年的日历文件放入日历目录，然后 stationctl reload"))
  }

  // MARK: - Keys, log, backups

  private func keys() -> [Finding] {
    let status = store.rotation.status
    let text = store.signer.verifierKey.text
    let signer =
      store.signingKeyFault.map { lost("signing key", $0) }
      ?? Finding("signing key", .ok, Text(text, zh: text))
    if let fault = store.masterKeyFault { return [signer, lost("master key", fault)] }
    if status.failed > 0 {
      return [
        signer,
        Finding(
          "master key", .fail,
          Text("\(status.failed) keys under it do not authenticate", zh: "\(status.failed) 个密钥未通过校验"),
          advice: Text(
            "stationctl audit verify; find out who changed the database",
            zh: "stationctl audit verify，并查明谁改动了数据库")),
      ]
    }
    if let former = status.former {
      return [
        signer,
        Finding(
          "master key", .warn,
          Text("being changed from \(former) to \(status.current)", zh: "正由 \(former) 轮换为 \(status.current)"),
          advice: Text("keep both until key.status has no 'former'", zh: "key.status 不再显示 former 之前请保留两者")),
      ]
    }
    return [signer, Finding("master key", .ok, Text(status.current, zh: status.current))]
  }

  /// The daemon goes on with the key that it has read; the next start reads the file again.
  private func lost(_ check: String, _ fault: String) -> Finding {
    Finding(
      check, .fail, Text("the next start cannot use it: \(fault)", zh: "下次启动将无法使用：\(fault)"),
      advice: Text(
        "mend that, or put it back from your copy, before the daemon stops", zh: "请在守护进程停止前修正，或用副本恢复"))
  }

  private func logAndAnchor() throws -> Finding {
    let size = try log.size()
    switch try store.anchorState(log) {
    case .follows(let anchored):
      return Finding(
        "log", .ok,
        Text(
          "\(size) records; the checkpoint outside the database has \(anchored) of them",
          zh: "共 \(size) 条；数据库外的检查点为 \(anchored) 条"))
    case .lost(let why):
      return Finding(
        "log", .fail, Text("the checkpoint outside the database: \(why)", zh: "数据库外的检查点：\(why)"),
        advice: Text(
          "put anchor/ back from the newest copy before the daemon stops: without it, it does not start again",
          zh: "请在停止前恢复 anchor/：否则无法再次启动"))
    }
  }

  private func backup() throws -> Finding {
    let command = Text(
      "stationctl backup --to DIR, or systemctl enable --now stationd-backup.timer",
      zh: "stationctl backup --to DIR，或 systemctl enable --now stationd-backup.timer")
    guard let at = try newestBackup() else {
      return Finding(
        "backup", .warn,
        Text("none in the newest \(Self.lookedThrough) records", zh: "最近 \(Self.lookedThrough) 条记录中没有备份"),
        advice: command)
    }
    let hours = context.now.milliseconds(since: at) / 3_600_000
    let text = Text(
      "the newest is of \(at.rfc3339(zone: context.zone))", zh: "最近一次：\(at.rfc3339(zone: context.zone))")
    return hours > Self.backupHours
      ? Finding("backup", .warn, text, advice: command) : Finding("backup", .ok, text)
  }

  private func newestBackup() throws -> Instant? {
    let leaf = try log.newest(method: Store.backupMethod, outcome: "ok", looking: Self.lookedThrough)
    return leaf?["at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
  }

  // MARK: - Files

  private func metrics() -> [Finding] {
    guard let why = services.metricsTrouble else { return [] }
    return [
      Finding(
        "metrics", .warn, Text("the file of metrics is not written: \(why)", zh: "指标文件无法写入：\(why)"),
        advice: Text(
          "let the daemon write there (the folder's mode, ReadWritePaths= of the unit), or name another file",
          zh: "请允许守护进程写入该处（目录权限、单元的 ReadWritePaths=），或改用其他文件"))
    ]
  }

  private func files() -> [Finding] {
    let found = services.protectedFiles.compactMap { $0.fault }
    guard found.isEmpty else { return found }
    return [Finding("files", .ok, Text("owners and modes are as they must be", zh: "属主与权限正确"))]
  }

  private func health() -> [Finding] {
    let told: Set<Substring> = ["clock", "calendar", "disk", "plugin"]
    return services.healthReport.problems.filter { !told.contains($0.part.prefix { $0 != ":" }) }.map {
      Finding(
        $0.part, $0.severity == .critical ? .fail : .warn, $0.message,
        advice: Text("see 'Degraded' in the operator's guide, and the journal", zh: "参见运维手册及系统日志"))
    }
  }
}
