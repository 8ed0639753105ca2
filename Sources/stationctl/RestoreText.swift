import StationClient
import StationStore

/// What a restore would undo, did, or why it does not, in words.
struct RestoreText {
  let language: Language

  func plan(_ restore: StateRestore) -> String {
    let size = restore.manifest.head.size
    let taken = restore.manifest.at.rfc3339(zone: .utc)
    let head = language.pick(
      "the backup verifies: \(size) records of the log \(restore.manifest.origin), taken \(taken)\n",
      zh: "备份通过验证：日志 \(restore.manifest.origin) 共 \(size) 条，备份时间 \(taken)\n")
    return head + present(restore.present, size)
  }

  private func present(_ present: PresentState, _ size: UInt64) -> String {
    switch present {
    case .none: return ""
    case .behind(let now):
      return language.pick(
        "the present state has \(now) of these records and no others: nothing is undone\n",
        zh: "现有状态含其中 \(now) 条且无其他记录：不会丢失任何内容\n")
    case .ahead(let lost): return self.lost(lost)
    case .parted(let now, let common):
      return language.pick(
        "the present state has \(now) records and is another log from record \(common) on: what it did since then is"
          + " undone, and who holds a later checkpoint will see that\n",
        zh: "现有状态共 \(now) 条，自编号 \(common) 起与备份不同：此后的内容将全部撤销，持有较新检查点者会发现\n")
    case .unreadable(let why, let seen):
      let seen =
        seen.map { last in
          last > size
            ? language.pick(
              "; its checkpoint has seen \(last) records: records \(size) to \(last - 1) are undone",
              zh: "；其检查点已达 \(last) 条：编号 \(size) 至 \(last - 1) 将被撤销")
            : language.pick("; its checkpoint has seen \(last) records", zh: "；其检查点为 \(last) 条")
        } ?? ""
      return language.pick(
        "the present state cannot be read (\(why))\(seen)\n",
        zh: "现有状态无法读取（\(SystemText.text(of: why, .zh))）\(seen)\n")
    }
  }

  private func lost(_ lost: LostRecords) -> String {
    let (first, last) = (lost.range.lowerBound, lost.range.upperBound - 1)
    let (from, to) = (lost.first ?? "?", lost.last ?? "?")
    var text = language.pick(
      "this undoes records \(first) to \(last) of the log, written \(from) to \(to):\n",
      zh: "将撤销日志编号 \(first) 至 \(last)（\(from) 至 \(to)）：\n")
    for (method, count) in lost.methods.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      text += "  \(count) × \(DisplayWidth.printable(method))\n"
    }
    if !lost.erasures.isEmpty {
      let numbers = lost.erasures.prefix(20).map(String.init).joined(separator: language.comma)
      let more = lost.erasures.count > 20 ? language.comma + "…" : ""
      text += language.pick(
        "records \(numbers)\(more) erased personal data, which is there again afterwards: erase it anew\n",
        zh: "编号 \(numbers)\(more) 曾删除个人信息，恢复后将重新出现：须再次删除\n")
    }
    return text
  }

  func done(_ restore: StateRestore, state: String, aside: String?) -> String {
    var text = language.pick(
      "\(state) has the \(restore.manifest.head.size) records of the backup; it needs master key"
        + " \(restore.manifest.masterKey), and the log's signing key\n",
      zh: "\(state) 已恢复为备份的 \(restore.manifest.head.size) 条记录；另需主密钥 \(restore.manifest.masterKey) 及日志签名密钥\n")
    if let aside {
      text += language.pick("what was there before is in \(aside)\n", zh: "原有内容移至 \(aside)\n")
    }
    return text
  }

  func text(_ fault: RestoreFault) -> String {
    switch fault {
    case .key(let why):
      language.pick(
        "no key to verify with: \(why); put the signing key back first, or give --key",
        zh: "没有可用的验证密钥：\(SystemText.text(of: why, .zh))；请先放回签名密钥，或用 --key 给出")
    case .inUse(let why): why
    case .noBackup(let path):
      language.pick(
        "\(path) is no backup that this log's key signed", zh: "\(path) 不是由该日志密钥签名的备份")
    case .changed(let file):
      language.pick("\(file) is not what was signed when the backup was made", zh: "\(file) 与备份签名时不符")
    case .verification(let fault):
      language.pick("the backup does not verify: ", zh: "备份未通过验证：")
        + OfflineProblem(fault: fault).text(language)
    case .failed(let why):
      language.pick("it failed: \(why)", zh: "失败：\(SystemText.text(of: why, .zh))")
    }
  }
}
