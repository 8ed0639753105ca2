import ArgumentParser
import Glibc
import StationAudit
import StationCalendar
import StationClient
import StationJSON
import StationStore

/// `stationctl audit witness`
struct AuditWitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness",
    abstract: Language.current.pick(
      "Have witnesses outside cosign the log, and keep what they signed.", zh: "请外部见证方会签日志并保存会签。"),
    discussion: Language.current.pick(
      """
      Exit codes: 0 enough witnesses have cosigned, 1 one of them has seen another log than this, 6 too few of them \
      could be asked.
      """, zh: "退出码：0 会签已足，1 有见证方所见日志与本日志不符，6 会签不足。"))

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "Who the witnesses are: a file of C2SP tlog-policy.",
        zh: "见证方名单：C2SP tlog-policy 文件。"), valueName: "file"))
  var policy = "/etc/stationd/witnesses"

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "Where cosigned checkpoints are kept.",
        zh: "会签检查点的保存目录。"), valueName: "dir"))
  var keep = "/var/log/stationd-witness"

  @Flag(
    help: ArgumentHelp(
      Language.current.pick(
        "Ask nobody: compare the log with what is kept.", zh: "不联系见证方，仅与已保存的会签比对。")))
  var show = false

  private static let secondsEach = 10.0

  func run() throws {
    let policy = try self.policy(from: self.policy)
    let round = try WitnessRound(options.connect(otherwise: .auditor), policy: policy)
    let post = WitnessPost(seconds: options.timeout ?? Self.secondsEach)
    // Of a witness program that ends early it hears by the error of the write.
    signal(SIGPIPE, SIG_IGN)
    var results: [(witness: WitnessPolicy.Witness, outcome: WitnessOutcome)] = []
    for witness in policy.witnesses {
      let kept = try kept(of: witness, round)
      let outcome =
        try show ? round.compare(with: kept) : round.ask(witness, kept: kept, post: post.callAsFunction)
      if !show, case .cosigned(let cosigned) = outcome, cosigned != kept {
        try write(Array(cosigned.note.utf8), to: path(of: witness))
      }
      results.append((witness, outcome))
    }
    signal(SIGPIPE, SIG_DFL)
    let cosigners = results.filter { _, outcome in
      if case .cosigned(let cosigned) = outcome {
        show || cosigned.head == round.checkpoint.head
      } else {
        false
      }
    }
    let isEnough = policy.isSatisfied(by: Set(cosigners.map(\.witness.name)))
    print(results, round.checkpoint, isEnough: isEnough)
    if results.contains(where: \.outcome.isAlarm) { throw Outcome(code: .error) }
    if !isEnough { throw Outcome(code: .unavailable) }
  }

  private func policy(from path: String) throws -> WitnessPolicy {
    let text = String(decoding: try Terminal.read(path), as: UTF8.self)
    let policy: WitnessPolicy
    do throws(NoteError) {
      policy = try WitnessPolicy(text)
    } catch {
      guard case .malformedPolicy(let line) = error, line > 0 else {
        throw UsageError("\(path) has no line 'quorum'", zh: "\(path) 缺少 quorum 行")
      }
      throw UsageError("\(path):\(line): not a line of a witness policy", zh: "\(path):\(line)：不是有效的见证策略")
    }
    if let wrong = policy.witnesses.first(where: { !($0.address.map(WitnessPost.isAddress) ?? true) }) {
      throw UsageError(
        "\(path): '\(wrong.name)' is at no address of http:, https: or unix:",
        zh: "\(path)：“\(wrong.name)”的地址须为 http:、https: 或 unix:")
    }
    return policy
  }

  private func path(of witness: WitnessPolicy.Witness) -> String {
    "\(keep)/\(witness.key.hexIdentifier).note"
  }

  private func kept(of witness: WitnessPolicy.Witness, _ round: WitnessRound) throws -> CosignedCheckpoint? {
    guard let bytes = try FileIO.read(path(of: witness)) else { return nil }
    do throws(NoteError) {
      return try round.kept(String(decoding: bytes, as: UTF8.self), of: witness)
    } catch {
      throw LogFault.checkpoint(error)
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try Terminal.makeFolder(keep)
    try FileIO.create(path, bytes, mode: 0o644)
  }

  private func print(
    _ results: [(witness: WitnessPolicy.Witness, outcome: WitnessOutcome)], _ checkpoint: Checkpoint,
    isEnough: Bool
  ) {
    let language = options.language
    func parts(_ outcome: WitnessOutcome) -> (size: UInt64, at: String)? {
      guard case .cosigned(let cosigned) = outcome else { return nil }
      // A witness may claim any time; years end with 9999.
      let at = Instant(milliseconds: Int64(min(cosigned.seconds, 253_402_300_799)) * 1_000)
      return (cosigned.head.size, at.rfc3339(zone: .utc))
    }
    if options.json || options.ndjson {
      let witnesses = results.map { result -> JSONValue in
        var object: JSONObject = [
          "name": .string(result.witness.name), "outcome": .string(result.outcome.kind),
          "text": .string(result.outcome.text(language)),
        ]
        if let (size, at) = parts(result.outcome) {
          object["size"] = .int(Int(clamping: size))
          object["at"] = .string(at)
        }
        return .object(object)
      }
      let whole: JSONObject = [
        "origin": .string(checkpoint.origin), "size": .int(Int(clamping: checkpoint.size)),
        "enough": .bool(isEnough), "witnesses": .array(witnesses),
      ]
      return Terminal.out(JSONValue.object(whole).encodedString + "\n")
    }
    var table = Table(columns: [
      Table.Column(language.pick("WITNESS", zh: "见证方")),
      Table.Column(language.pick("RECORDS", zh: "记录数"), toTheRight: true),
      Table.Column(language.pick("AT", zh: "时间")), Table.Column(language.pick("SAYS", zh: "结果")),
    ])
    for (witness, outcome) in results {
      let (size, at) = parts(outcome).map { ("\($0.size)", $0.at) } ?? ("-", "-")
      table.add([witness.name, size, at, outcome.text(language)], style: outcome.isAlarm ? .red : .plain)
    }
    Terminal.out(table.text(colours: options.colours))
    if !isEnough {
      Terminal.err(
        language.pick(
          "stationctl: too few witnesses stand behind the log of \(checkpoint.size) records\n",
          zh: "stationctl：为共 \(checkpoint.size) 条记录的日志会签的见证方不足\n"))
    }
  }
}
