import StationAudit
import StationClient
import StationStore

/// Where a log is that no daemon serves: a stopped daemon's state or a copy of it.
enum OfflineLog {
  /// The daemon's state directory, with database, anchor and key where the daemon puts them. A key from
  /// elsewhere is trusted instead of the state's own.
  case state(directory: String, key: VerifierKey? = nil)
  /// The parts one by one.
  case parts(database: String, anchor: String, key: VerifierKey)
}

/// Verification of a database without the daemon.
enum OfflineAudit {
  /// Recomputes the log from the database, and compares it with the checkpoints kept outside of it and with
  /// the records of the modules. Not a byte is changed. Says what is wrong first, and ends with `Outcome`.
  /// - Parameter notes: checkpoints that were given away, which the log must extend.
  /// - Parameter json: whether what is wrong is a document on standard output too.
  static func verify(_ log: OfflineLog, extending notes: [String] = [], json: Bool) throws -> LogReport {
    let isLive = Terminal.errIsTerminal
    let progress: OfflineVerifier.Progress = { done, all in
      if isLive { Terminal.err("\r\(done) / \(all)") }
    }
    do {
      let report = try verify(log, notes, progress)
      if isLive { Terminal.err("\n") }
      say(report)
      return LogReport(origin: report.origin, size: report.head.size, root: report.head.root)
    } catch let fault as OfflineFault {
      if isLive { Terminal.err("\n") }
      let language = Language.current
      let message = OfflineProblem(fault: fault).text(language)
      throw AuditFault(fault).report(message, json: json, language: language)
    }
  }

  private static func verify(
    _ log: OfflineLog, _ notes: [String], _ progress: @escaping OfflineVerifier.Progress
  ) throws -> OfflineVerifier.Report {
    switch log {
    case .state(let directory, let key):
      return try OfflineVerifier.verify(
        stateDirectory: directory, key: key, extending: notes, progress: progress)
    case .parts(let database, let anchor, let key):
      return try OfflineVerifier.verify(
        database: database, anchorDirectory: anchor, key: key, extending: notes, progress: progress)
    }
  }

  /// What a checkpoint alone does not say.
  private static func say(_ report: OfflineVerifier.Report) {
    let language = Language.current
    let (records, collections) = (report.records, report.collections)
    var text = language.pick(
      "\(records) stored records in \(collections) collections are as last written",
      zh: "\(collections) 个集合中的 \(records) 条业务数据与最后一次写入时一致")
    if report.details + report.erasedDetails > 0 {
      text += language.pick(
        "; \(report.details) details are as committed to, \(report.erasedDetails) were erased",
        zh: "；附注 \(report.details) 条与承诺一致，\(report.erasedDetails) 条已删除")
    }
    if report.unsigned > 0 {
      text += language.pick(
        "; the last \(report.unsigned) records of the log are not signed yet",
        zh: "；日志最后 \(report.unsigned) 条尚未签名")
    }
    Terminal.err(text + "\n")
  }
}

/// What is wrong with a log that no daemon serves, in words.
struct OfflineProblem {
  let fault: OfflineFault

  func text(_ language: Language) -> String {
    switch fault {
    case .inUse(let directory):
      language.pick(
        "a daemon is running on \(directory): verify over its socket (without --state), or verify a copy",
        zh: "\(directory) 正由守护进程使用：请通过套接字验证（不带 --state），或验证副本")
    case .key(let what):
      language.pick("no key to verify with: \(what)", zh: "没有可用的验证密钥：\(SystemText.text(of: what, .zh))")
    case .inaccessible(let what):
      language.pick("the state cannot be read: \(what)", zh: "无法读取：\(SystemText.text(of: what, .zh))")
    case .unreadable(let what, let seq):
      language.pick(
        "the state cannot be read (at record \(seq)): \(what)",
        zh: "无法读取（编号 \(seq) 处）：\(SystemText.text(of: what, .zh))")
    case .noAnchor(let directory, let size):
      language.pick(
        "there is no checkpoint in \(directory), but the log has \(size) records",
        zh: "\(directory) 中没有检查点，而日志有 \(size) 条记录")
    case .oldAnchor(let directory, let signed, let sealed):
      language.pick(
        "the newest checkpoint in \(directory) signs \(signed) records, but the daemon that stopped had signed"
          + " \(sealed): an older checkpoint was put in its place",
        zh: "\(directory) 中最新的检查点只签署了 \(signed) 条记录，而停止的守护进程已签署 \(sealed) 条：检查点被换成了旧的")
    case .foreignAnchor(let directory):
      language.pick("no checkpoint in \(directory) is signed by the key", zh: "\(directory) 中没有由该密钥签名的检查点")
    case .foreignCheckpoint:
      language.pick(
        "a checkpoint that the log is to extend is not signed by its key", zh: "须延续的检查点未由该日志的密钥签名")
    case .truncated(let size, let promised): LogFault.truncated(size: size, promised: promised).text(language)
    case .record(let seq, let defect):
      language.pick("record \(seq): ", zh: "编号 \(seq)：") + text(defect, language)
    case .records(let range):
      range.count == 1
        ? LogFault.record(seq: range.lowerBound).text(language)
        : language.pick(
          "one or more of the records \(range.lowerBound) to \(range.upperBound) are not what was signed",
          zh: "编号 \(range.lowerBound) 至 \(range.upperBound) 的记录中有与签名时不符者")
    case .tile(let level, let index):
      language.pick(
        "the records are what was signed, but the stored hash \(index) of level \(level) is not theirs",
        zh: "记录与签名时一致，但第 \(level) 层第 \(index) 个存储的哈希不符")
    case .seal:
      language.pick(
        "the log and all that it commits to are in order, but the database is not the one that the daemon left when it"
          + " stopped: rows of events, deadlines, series or idempotency keys were changed",
        zh: "日志及其承诺的内容无误，但数据库与守护进程停止时不同：事件、期限、编号或幂等键的行被改动")
    case .manifest:
      language.pick(
        "the log and all that it commits to are in order, but the database is not the one that the backup's manifest was"
          + " signed for, or the manifest is not signed by the key",
        zh: "日志及其承诺的内容无误，但数据库与备份清单签署的不同，或清单不是由该密钥签署")
    case .code(let what):
      language.pick(
        "the database has a \(what), which no stationd makes: it would have run inside the daemon",
        zh: "数据库中有并非守护进程所建、会在其内部运行的对象：\(what)")
    case .keyring:
      language.pick(
        "what the database says of its keys is gone or damaged, though it holds encrypted data",
        zh: "数据库含加密数据，但其中的密钥登记已丢失或损坏")
    case .unlogged(let collection, let id):
      language.pick(
        "'\(shown(id))' is in \(shown(collection)), but nothing in the log wrote it",
        zh: "\(shown(collection)) 中的“\(shown(id))”在日志中没有写入记录")
    }
  }

  private func text(_ defect: OfflineFault.Defect, _ language: Language) -> String {
    switch defect {
    case .added:
      language.pick("was added after the daemon stopped", zh: "是在守护进程停止之后添加的")
    case .sequence(let found):
      language.pick("number \(found) stands in its place", zh: "该位置的编号却是 \(found)")
    case .malformed(let member):
      language.pick("not an audit record ('\(member)')", zh: "不是有效的审计记录（“\(member)”）")
    case .detail:
      language.pick("the detail beside it is not the one it commits to", zh: "其附注与承诺不符")
    case .version(let collection, let id, let stored, let logged):
      language.pick(
        "it wrote version \(logged) of '\(shown(id))' in \(shown(collection)), but version \(stored) is stored",
        zh: "写入了 \(shown(collection)) 中“\(shown(id))”的第 \(logged) 版，存储的却是第 \(stored) 版")
    case .content(let collection, let id):
      language.pick(
        "the content of '\(shown(id))' in \(shown(collection)) is not what it wrote",
        zh: "\(shown(collection)) 中“\(shown(id))”的内容与写入时不符")
    case .column(let collection, let id, let field):
      language.pick(
        "the column '\(shown(field))' of '\(shown(id))' in \(shown(collection)) is not what it wrote",
        zh: "\(shown(collection)) 中“\(shown(id))”的列“\(shown(field))”与写入时不符")
    case .missing(let collection, let id):
      language.pick(
        "it wrote '\(shown(id))' in \(shown(collection)), which is gone without a record",
        zh: "写入的 \(shown(collection)) 中“\(shown(id))”已不存在，且无删除记录")
    case .key(let collection, let id):
      language.pick(
        "the key of '\(shown(id))' in \(shown(collection)) is gone or damaged, and no record erased it: nobody can"
          + " read what is personal in it",
        zh: "\(shown(collection)) 中“\(shown(id))”的密钥已丢失或损坏，且无删除记录：其中的个人信息无法读取")
    }
  }

  /// Ids come from a database that may have been tampered with.
  private func shown(_ text: String) -> String { DisplayWidth.printable(text) }
}
