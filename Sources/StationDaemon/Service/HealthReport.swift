import StationKit
import StationPluginHost
import StationStore

/// What is wrong with the daemon at this moment, for `system.health`, monitoring and the metrics.
struct HealthReport: Sendable {
  enum Severity: String, Sendable, CaseIterable {
    /// All is served; somebody should look.
    case warning
    /// Something is not served, or not as it must be.
    case critical
  }

  struct Problem: Sendable {
    let part: String
    let kind: String
    let severity: Severity
    let message: Text

    var json: JSONValue {
      [
        "part": .string(part), "kind": .string(kind), "severity": .string(severity.rawValue),
        "message": .string(message.en), "message_zh": .string(message.zh),
      ]
    }
  }

  private(set) var problems: [Problem] = []

  /// Whether everything that needs a record is served.
  var isServing: Bool { !problems.contains { $0.severity == .critical } }

  private mutating func add(_ part: String, _ kind: String, _ severity: Severity, _ message: Text) {
    problems.append(Problem(part: part, kind: kind, severity: severity, message: message))
  }

  // MARK: - The store

  mutating func judge(_ reading: HealthBoard.Reading) {
    if let trouble = reading.trouble { add("store", trouble.rawValue, .critical, trouble.message) }
    if reading.brokenBy != nil {
      add(
        "store", "stopped", .critical,
        Text(
          "The disk failed while writing; the daemon stops and recovers when it starts again",
          zh: "写盘失败，守护进程停止，重启后恢复"))
    }
    if reading.displaced != nil {
      add(
        "store", "displaced", .critical,
        Text(
          "The database's files were removed or replaced while the daemon runs: run 'stationctl backup' before you stop"
            + " it", zh: "数据库文件在运行期间被删除或替换：请在停止守护进程前运行 stationctl backup"))
    }
    if reading.anchorTrouble != nil {
      add(
        "anchor", "unavailable", .critical,
        Text("The checkpoint outside the database cannot be written", zh: "数据库外的检查点无法写入"))
    }
    if reading.anchorWasRemade {
      add(
        "anchor", "remade", .warning,
        Text(
          "The checkpoint outside the database was removed or replaced while the daemon ran, and was made anew:"
            + " find out who did that", zh: "数据库外的检查点在运行期间被删除或替换，已重新生成：请查明原因"))
    }
    if reading.sealIsTold {
      add(
        "store", "changed", .critical,
        Text(
          "The database was changed while no daemon ran: find out who did that. 'stationctl audit verify --state' on a copy"
            + " names a changed record; changed events, deadlines, series or idempotency keys only a comparison with a"
            + " backup shows",
          zh: "数据库在守护进程停止期间被改动，请查明原因。对副本运行 stationctl audit verify --state 可指出被改的记录；"
            + "事件、期限、编号、幂等键的改动只能与备份比对得知"))
    }
    if reading.unreadable > 0 {
      add(
        "personal", "unreadable", .critical,
        Text(
          "Encrypted data did not authenticate: see the daemon's log, and verify the audit log",
          zh: "加密数据未通过校验：请查看守护进程日志并验证审计日志"))
    }
    if reading.wipeIsPending {
      add("personal", ErrorKind.wipePending.rawValue, .critical, ErrorKind.wipePending.message)
    }
  }

  // MARK: - Its surroundings

  /// Below this share of the disk, or below this many bytes, there is too little left to sleep well.
  private static let spareShare = 20
  private static let spareBytes = 64 << 20
  /// Days before the last year's end at which next year's calendar is missed.
  private static let noticeDays = 31

  mutating func judge(_ space: DiskSpace?) {
    guard let space, space.free < max(space.all / Self.spareShare, Self.spareBytes) else { return }
    let free = space.free >> 20
    add(
      "disk", "low", .warning,
      Text("\(free) MiB are free on the state's disk: make room", zh: "状态目录所在磁盘仅余 \(free) MiB：请清理"))
  }

  mutating func judge(_ calendar: WorkCalendar, at now: Instant, zone: Zone) {
    let today = now.date(in: zone)
    if !calendar.covers(today.year) {
      add(
        "calendar", ErrorKind.expired.rawValue, .warning,
        Text(
          "There is no working-day calendar for \(today.year): terms in working days count Monday to Friday and are"
            + " provisional. Install it and reload",
          zh: "缺少 \(today.year) 年工作日历：工作日期限暂按周一至周五计算，标记为暂定。请安装后重新加载"))
    } else if !calendar.covers(today.adding(days: Self.noticeDays).year) {
      add(
        "calendar", "ends", .warning,
        Text(
          "The working-day calendar ends with \(today.year): install the next year's and reload",
          zh: "工作日历止于 \(today.year) 年：请安装下一年日历并重新加载"))
    }
  }

  mutating func judge(missing units: [String]) {
    guard !units.isEmpty else { return }
    add(
      "directory", "missing", .warning,
      Text(
        "The modules' data files name units that are no active department or desk of the directory, so that nobody"
          + " there answers: \(units.joined(separator: ", ")). Put them into the directory, or name others",
        zh: "业务数据文件所指单位不是组织机构中在用的部门（含专班、办公室），无人响应：\(units.joined(separator: "、"))。请补建单位或改用其他单位"))
  }

  mutating func judge(origin: String, kept: String) {
    guard origin != kept else { return }
    add(
      "origin", "changed", .warning,
      Text(
        "The configuration names the log '\(origin)', but its key is of '\(kept)': that name stays. Set 'origin' to it",
        zh: "配置将日志命名为“\(origin)”，但其密钥属于“\(kept)”，名称不变：请将 origin 改回"))
  }

  mutating func judge(jump seconds: Int?) {
    guard let seconds else { return }
    add(
      "clock", "jumped", .warning,
      Text(
        "The machine's clock was set by \(seconds) s while the daemon ran: check what was recorded and what fired",
        zh: "运行期间系统时钟被调整 \(seconds) 秒：请核对记录时间与已触发的期限"))
  }

  mutating func judge(turnsNobodyIn: Bool) {
    guard turnsNobodyIn else { return }
    add(
      "sockets", "exhausted", .critical,
      Text(
        "Clients wait that cannot be connected, since no file descriptor is free: close connections, or raise"
          + " LimitNOFILE and restart", zh: "文件描述符已用尽，新连接无法接入：请关闭部分连接，或调高 LimitNOFILE 并重启"))
  }

  /// Why it failed is for administrators: `plugin.show` and `system.doctor` tell.
  mutating func judge(_ plugin: PluginRunner.Standing) {
    guard plugin.state == .failed || plugin.state == .quarantined else { return }
    let (name, state) = (plugin.name, plugin.state)
    add(
      "plugin:\(name)", state.rawValue, plugin.isModule ? .critical : .warning,
      Text(
        "The plugin '\(name)' is \(state.rawValue): its methods are unavailable",
        zh: "插件“\(name)”\(state.chinese)：其方法暂不可用"))
  }
}
