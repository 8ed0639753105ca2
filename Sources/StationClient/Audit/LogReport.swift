import StationAudit
import StationCrypto

/// A log that was recomputed from its records and is what its checkpoint says.
package struct LogReport: Sendable, Equatable {
  /// The log's name.
  package let origin: String
  /// How many records the checkpoint covers.
  package let size: UInt64
  package let root: Digest32

  package init(origin: String, size: UInt64, root: Digest32) {
    self.origin = origin
    self.size = size
    self.root = root
  }
}

/// Why a log does not verify.
package enum LogFault: Error, Sendable, Equatable {
  /// The checkpoint is not signed by the key, or is not one.
  case checkpoint(NoteError)
  /// A checkpoint that somebody else has kept is not signed by the key, or is none.
  case earlier(NoteError)
  /// A file of a proof holds none.
  case proof(NoteError)
  /// The key is not written as a verifier key.
  case key(NoteError)
  /// The record, counted from 0, is not the one that the checkpoint covers.
  case record(seq: UInt64)
  /// The records have another root than the checkpoint; all before this one are good.
  case somewhere(from: UInt64)
  /// The log has fewer records than its checkpoint covers.
  case truncated(size: UInt64, promised: UInt64)
  /// The log does not begin with the records that an earlier checkpoint covers, though its present one is good.
  case parted(before: UInt64)
  /// Another record comes where this one should.
  case sequence(expected: UInt64, found: UInt64)
  /// The content is not what the record commits to having written.
  case content(id: String, seq: UInt64)
  /// What the daemon answered lacks this member, or it is not as it should be.
  case answer(String)

  /// A sentence for people.
  package func text(_ language: Language) -> String {
    switch self {
    case .checkpoint(let error):
      language.pick(
        "the checkpoint does not verify: \(error.text(.en))", zh: "检查点验证失败：\(error.text(.zh))")
    case .earlier(let error):
      language.pick(
        "a checkpoint that the log is to extend does not verify: \(error.text(.en))",
        zh: "须延续的检查点验证失败：\(error.text(.zh))")
    case .proof(let error):
      language.pick("the proof cannot be read: \(error.text(.en))", zh: "无法读取证明：\(error.text(.zh))")
    case .key(let error):
      language.pick("not a verifier key: \(error.text(.en))", zh: "不是有效的验证密钥：\(error.text(.zh))")
    case .record(let seq):
      language.pick("record \(seq) is not the one that was signed", zh: "编号 \(seq) 的记录与签名时不符")
    case .somewhere(let first):
      language.pick(
        "the records are not the ones that were signed; the fault is in record \(first) or later",
        zh: "记录与签名时不符；问题在编号 \(first) 或之后")
    case .truncated(let size, let promised):
      language.pick(
        "the log has \(size) records, but a checkpoint for \(promised) was signed",
        zh: "日志只有 \(size) 条记录，而已签名的检查点涵盖 \(promised) 条")
    case .parted(let size):
      language.pick(
        "the log's first \(size) records are not those that an earlier checkpoint signs",
        zh: "日志的前 \(size) 条记录与先前检查点所签的不一致")
    case .sequence(let expected, let found):
      language.pick("record \(found) comes where \(expected) should", zh: "应为编号 \(expected) 的记录，却是 \(found)")
    case .content(let id, let seq):
      language.pick("record \(seq) did not write this as '\(id)'", zh: "编号 \(seq) 的记录写入的“\(id)”不是此内容")
    case .answer(let member):
      language.pick("the daemon's answer has no valid '\(member)'", zh: "守护进程的应答缺少有效的“\(member)”")
    }
  }
}
