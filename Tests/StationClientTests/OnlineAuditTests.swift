import StationAudit
import StationClient
import Testing

@Suite struct OnlineAuditTests {
  private func serve(_ log: FakeLog) -> FakeServer { FakeServer.answering { log.answer($0, $1) } }

  @Test(arguments: [0, 1, 2, 20])
  func `a log that is what was signed verifies`(count: Int) throws {
    let log = try FakeLog(count: count)
    let server = serve(log)
    let report = try OnlineAudit(Client.connect(server.path)).verify(key: log.signer.verifierKey.text)
    #expect(report.size == UInt64(count))
    #expect(report.origin == "test.example/audit")
  }

  @Test(arguments: 0..<11)
  func `an altered record is named`(seq: Int) throws {
    var log = try FakeLog(count: 11)
    log.shown[seq][2] ^= 1
    let server = serve(log)
    #expect(throws: LogFault.record(seq: UInt64(seq))) {
      try OnlineAudit(Client.connect(server.path)).verify(key: nil)
    }
  }

  @Test func `records that are gone are noticed`() throws {
    var log = try FakeLog(count: 11)
    log.shown.removeLast(3)
    let server = serve(log)
    #expect(throws: LogFault.truncated(size: 8, promised: 11)) {
      try OnlineAudit(Client.connect(server.path)).verify(key: nil)
    }
  }

  @Test func `another's key does not verify`() throws {
    let server = serve(try FakeLog(count: 3))
    let other = try SignerKey.generate(name: "test.example/audit").verifierKey.text
    #expect(throws: LogFault.self) { try OnlineAudit(Client.connect(server.path)).verify(key: other) }
  }

  @Test func `a checkpoint of another log is told apart from the log's own`() throws {
    let log = try FakeLog(count: 3)
    let server = serve(log)
    let note = try #require(FakeLog(count: 2).answer("audit.checkpoint", [:])["result"]?["checkpoint"])
    #expect(throws: LogFault.earlier(.unsigned)) {
      try OnlineAudit(Client.connect(server.path)).verify(key: nil, extending: [note.stringValue ?? ""])
    }
  }

  @Test(
    arguments: [LogFault.key, LogFault.checkpoint, LogFault.earlier, LogFault.proof],
    [
      NoteError.malformedKey, .malformedNote, .malformedSignature, .keyIDMismatch, .unsigned, .malformedProof,
    ])
  func `people are not told names of the source`(fault: @Sendable (NoteError) -> LogFault, error: NoteError) {
    for language in Language.allCases { #expect(!fault(error).text(language).contains("\(error)")) }
  }

  @Test func `a proof of a record verifies without the daemon, and not for other bytes`() throws {
    let log = try FakeLog(count: 11)
    let server = serve(log)
    let key = log.signer.verifierKey.text
    let record = try RecordProof(seq: 5, from: Client.connect(server.path), key: key)
    #expect(try record.verify(key: key).index == 5)
    let other = RecordProof(leaf: record.leaf + [0], proof: record.proof)
    #expect(throws: LogFault.record(seq: 5)) { try other.verify(key: key) }
  }

  @Test func `a file that is no proof is told so, and not of its checkpoint`() throws {
    let key = try FakeLog(count: 1).signer.verifierKey.text
    #expect(throws: LogFault.proof(.malformedProof)) {
      try RecordProof(leaf: [], proof: "garbage\n").verify(key: key)
    }
  }

  @Test func `a good proof of another record is not taken`() throws {
    var log = try FakeLog(count: 11)
    log.provesAnother = true
    let server = serve(log)
    #expect(throws: LogFault.answer("index")) {
      try RecordProof(seq: 5, from: Client.connect(server.path), key: nil)
    }
  }

  @Test func `a proof that does not hold is not exported`() throws {
    var log = try FakeLog(count: 11)
    log.shown[5][0] ^= 1
    let server = serve(log)
    #expect(throws: LogFault.record(seq: 5)) {
      try RecordProof(seq: 5, from: Client.connect(server.path), key: nil)
    }
  }
}
