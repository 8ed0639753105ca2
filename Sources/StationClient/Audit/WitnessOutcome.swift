import StationAudit

/// What came of asking one witness, or of looking at what it cosigned before.
package enum WitnessOutcome: Sendable, Equatable {
  /// It has cosigned a checkpoint of this log, which the log extends.
  case cosigned(CosignedCheckpoint)
  /// It was never asked, or never with success.
  case never
  /// It has cosigned a longer log than this one is: an old copy was put back, or a copy of the state goes on elsewhere.
  case behind(seen: UInt64)
  /// This log does not begin with the records that it cosigned: it parted from the one that the witness knows.
  case parted(seen: UInt64)
  /// It does not take this log's checkpoints, or not with this key.
  case unknownLog
  /// It answered what no witness answers, or signed with another key than the policy names.
  case nonsense(String)
  /// No answer, and why.
  case unreachable(String)

  /// Whether the witness contradicts the log.
  package var isAlarm: Bool {
    switch self {
    case .behind, .parted: true
    default: false
    }
  }

  /// A stable word for programs.
  package var kind: String {
    switch self {
    case .cosigned: "cosigned"
    case .never: "never"
    case .behind: "behind"
    case .parted: "parted"
    case .unknownLog: "unknown_log"
    case .nonsense: "nonsense"
    case .unreachable: "unreachable"
    }
  }

  /// What it means, for people.
  package func text(_ language: Language) -> String {
    switch self {
    case .cosigned: language.pick("cosigned", zh: "已会签")
    case .never: language.pick("has cosigned nothing yet", zh: "尚无会签")
    case .behind(let seen):
      language.pick(
        "ALARM: it has cosigned \(seen) records: an older copy of the log was put back, or a copy runs elsewhere",
        zh: "警报：它已会签 \(seen) 条记录：日志被换成旧副本，或另有副本在运行")
    case .parted(let seen):
      language.pick(
        "ALARM: this log does not begin with the \(seen) records that it cosigned",
        zh: "警报：本日志的前 \(seen) 条记录与其会签的不一致")
    case .unknownLog:
      language.pick(
        "it does not take this log's checkpoints: have it add the log's verifier key",
        zh: "不受理本日志：请其登记本日志的验证密钥")
    case .nonsense(let what): language.pick("not a witness's answer: \(what)", zh: "应答无效：\(what)")
    case .unreachable(let why): language.pick("no answer: \(why)", zh: "无应答：\(why)")
    }
  }
}

/// A checkpoint with a witness's cosignature, both verified.
package struct CosignedCheckpoint: Sendable, Equatable {
  /// A signed note: text, the log's signature, the witness's.
  package let note: String
  package let head: TreeHead
  /// When the witness signed, in seconds since 1970, as it says.
  package let seconds: UInt64

  /// What a note is that the log and the witness have signed.
  package init(_ note: String, log: VerifierKey, witness: WitnessKey) throws(NoteError) {
    let signed = try SignedNote(note)
    let checkpoint = try Checkpoint(opening: signed, signedBy: log)
    let cosignature = try witness.cosignature(on: signed)
    // Nothing else of what the witness sent is kept.
    let lines = try signed.verify(with: [log]).prefix(1) + [cosignature.line]
    self.note = lines.reduce(into: signed.text + "\n") { $0 += $1.line + "\n" }
    head = checkpoint.head
    seconds = cosignature.seconds
  }
}
