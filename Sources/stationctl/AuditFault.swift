import StationClient
import StationJSON
import StationStore

/// What is wrong with a log, as one document for programs: its members, and the words of `kind` and `defect`, stay
/// the same from version to version.
struct AuditFault {
  /// False where nothing can be said of the log.
  private let isExamined: Bool
  private var fault: JSONObject

  /// Says on standard error what is wrong; for programs the document too, on standard output, where the report of a
  /// good log goes.
  /// - Returns: how the command ends: with 1 for a bad log, with 2 where nothing can be said of it.
  func report(_ message: String, json: Bool, language: Language) -> Outcome {
    if json {
      let document: JSONValue = ["ok": false, "examined": .bool(isExamined), "fault": .object(fault)]
      Terminal.out(document.encodedString + "\n")
    }
    Report.print(ErrorText(message: message), language: language)
    return Outcome(code: isExamined ? .error : .unreachable)
  }

  private init(isExamined: Bool, _ text: (Language) -> String) {
    self.isExamined = isExamined
    fault = ["message": .string(text(.en)), "message_zh": .string(text(.zh))]
  }

  // MARK: - Without the daemon

  init(_ found: OfflineFault) {
    self.init(isExamined: !found.isUnexamined) { OfflineProblem(fault: found).text($0) }
    fault["seq"] = found.seq.map(Self.number)
    switch found {
    case .inUse: kind("in_use")
    case .key: kind("key")
    case .inaccessible: kind("inaccessible")
    case .unreadable(_, let seq): kind("unreadable", ["seq": Self.number(seq)])
    case .noAnchor(_, let size): kind("no_anchor", ["size": Self.number(size)])
    case .oldAnchor(_, let signed, let sealed):
      kind("old_anchor", ["signed": Self.number(signed), "sealed": Self.number(sealed)])
    case .foreignAnchor: kind("foreign_anchor")
    case .foreignCheckpoint: kind("foreign_checkpoint")
    case .truncated(let size, let promised): truncated(size, promised)
    case .record(_, let defect):
      kind("record")
      note(defect)
    case .records(let range): kind("records", ["last": Self.number(range.upperBound)])
    case .tile(let level, let index): kind("tile", ["level": .int(level), "index": Self.number(index)])
    case .unlogged(let collection, let id): kind("unlogged", Self.record(collection, id))
    case .code: kind("code")
    case .keyring: kind("keyring")
    case .seal: kind("seal")
    case .manifest: kind("manifest")
    }
  }

  private mutating func note(_ defect: OfflineFault.Defect) {
    switch defect {
    case .sequence(let found): self.defect("sequence", ["found": .int(found)])
    case .added: self.defect("added")
    case .malformed(let member): self.defect("malformed", ["member": .string(member)])
    case .detail: self.defect("detail")
    case .version(let collection, let id, let stored, let logged):
      self.defect("version", Self.record(collection, id))
      add(["stored": .int(stored), "logged": .int(logged)])
    case .content(let collection, let id): self.defect("content", Self.record(collection, id))
    case .column(let collection, let id, let field):
      self.defect("column", Self.record(collection, id))
      add(["field": .string(field)])
    case .missing(let collection, let id): self.defect("missing", Self.record(collection, id))
    case .key(let collection, let id): self.defect("key", Self.record(collection, id))
    }
  }

  // MARK: - Over the socket

  init(_ found: LogFault) {
    let isExamined =
      switch found {
      case .key, .answer: false
      default: true
      }
    self.init(isExamined: isExamined) { found.text($0) }
    switch found {
    case .checkpoint: kind("checkpoint")
    case .earlier: kind("foreign_checkpoint")
    case .proof: kind("proof")
    case .key: kind("key")
    case .record(let seq): kind("record", ["seq": Self.number(seq)])
    case .somewhere(let first): kind("records", ["seq": Self.number(first)])
    case .truncated(let size, let promised):
      truncated(size, promised)
      add(["seq": Self.number(size)])
    case .parted(let size): kind("parted", ["size": Self.number(size)])
    case .sequence(let expected, let found):
      kind("record", ["seq": Self.number(expected)])
      defect("sequence", ["found": Self.number(found)])
    case .content(let id, let seq):
      kind("record", ["seq": Self.number(seq)])
      defect("content", ["id": .string(id)])
    case .answer(let member): kind("answer", ["member": .string(member)])
    }
  }

  // MARK: - Members

  private mutating func kind(_ word: String, _ more: JSONObject = [:]) {
    fault["kind"] = .string(word)
    add(more)
  }

  private mutating func defect(_ word: String, _ more: JSONObject = [:]) {
    fault["defect"] = .string(word)
    add(more)
  }

  private mutating func truncated(_ size: UInt64, _ promised: UInt64) {
    kind("truncated", ["size": Self.number(size), "promised": Self.number(promised)])
  }

  private mutating func add(_ more: JSONObject) {
    for (name, value) in more { fault[name] = value }
  }

  private static func record(_ collection: String, _ id: String) -> JSONObject {
    ["collection": .string(collection), "id": .string(id)]
  }

  private static func number(_ value: UInt64) -> JSONValue { .int(Int(clamping: value)) }
}
