import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite struct SpoolInTests {
  /// A message that has left, twenty minutes ago.
  private static func asked() throws -> (office: SpoolOffice, stop: String, message: String) {
    let office = try SpoolOffice()
    let stop = try office.stop()
    let message = office.messages[0].id
    try office.send(message)
    try office.minutes(20)
    office.store.contents.events = []
    return (office, stop, message)
  }

  @Test func `a stop is told from when and how much the bank holds`() throws {
    let (office, stop, message) = try Self.asked()
    #expect(try office.receive(SpoolOffice.answer(message, held: "49999.99")) == "applied")
    let record = try #require(office.stopRecord(stop))
    #expect(record.state == .stopped && record.held == 4_999_999 && record.reference == "ICBC-7")
    #expect(record.hold?.end.rfc3339() == "2026-03-04T09:10:00.000+08:00", "48 hours from the bank's instant")
    let answered = office.messages[0].message
    #expect(
      answered.state == .answered && answered.final?.held == 4_999_999
        && answered.answered == office.store.now)
  }

  @Test func `a refusal that names what does not match is a mismatch`() throws {
    let (office, stop, message) = try Self.asked()
    let reasons = BankFile.code("AM09") + BankFile.own("NAME")
    #expect(try office.receive(SpoolOffice.answer(message, "RJCR", held: nil, reasons: reasons)) == "applied")
    let record = office.stopRecord(stop)
    #expect(
      record?.state == .refusedMismatch && record?.held == 0
        && Set(record?.mismatch ?? []) == [.name, .amount])
    #expect(office.messages[0].message.final?.reasons == ["AM09", "NAME"])
  }

  @Test(arguments: ["", BankFile.code("LEGL"), BankFile.code("AM04")])
  func `a refusal for another reason holds nothing`(reasons: String) throws {
    let (office, stop, message) = try Self.asked()
    #expect(try office.receive(SpoolOffice.answer(message, "RJCR", held: nil, reasons: reasons)) == "applied")
    #expect(office.stopRecord(stop)?.state == .noAnswer && office.messages[0].message.state == .answered)
  }

  @Test(arguments: [StopState.noAnswer, .freezeRequested])
  func `a refusal that comes after the bank was given up is taken as well, and changes no state`(
    state: StopState
  ) throws {
    let (office, stop, message) = try Self.asked()
    try office.minutes(15)
    if state == .freezeRequested {
      try office.store.call(
        "stoploss.freeze.request",
        [
          "id": .string(stop), "name": "李四", "account": .string(SpoolOffice.suspect), "amount": 5_000_000,
          "kind": "ordinary", "scope": "amount", "interest": true,
        ])
    }
    let file = SpoolOffice.answer(message, "RJCR", held: nil, reasons: BankFile.code("LEGL"))
    #expect(try office.receive(file) == "applied")
    let record = office.stopRecord(stop)
    #expect(record?.state == state && record?.reference == "ICBC-7" && record?.held == 0)
    #expect(state == .noAnswer || record?.former == .noAnswer)
    #expect(office.messages[0].message.final?.reasons == ["LEGL"])
    // By hand it says nothing new.
    expectRefused("stoploss.stop.answer", at: "/result") {
      try office.store.call("stoploss.stop.record", ["id": .string(stop), "result": "no_answer"])
    }
  }

  @Test func `a bank that is still at it changes nothing but the message`() throws {
    let (office, stop, message) = try Self.asked()
    let before = office.stopRecord(stop)
    #expect(try office.receive(SpoolOffice.answer(message, "PDCR", held: nil)) == "noted")
    #expect(office.stopRecord(stop) == before)
    let noted = office.messages[0].message
    #expect(noted.state == .sent && noted.pending?.rfc3339() == "2026-03-02T09:10:00.000+08:00")
    #expect(
      try office.receive(SpoolOffice.answer(message, id: "ICBC-8", at: "2026-03-02T09:15:00+08:00"))
        == "applied")
  }

  @Test func `the same file again has no effect, and under another name it is set aside`() throws {
    let (office, _, message) = try Self.asked()
    let file = SpoolOffice.answer(message)
    #expect(try office.receive(file) == "applied")
    let after = office.store.contents.rows
    // Under the same name it may be the one that was taken: whether it is, the folders tell the spooler.
    for (name, isRefused) in [("a.xml", false), ("b.xml", true), ("b.xml", true)] {
      #expect(try office.receive(file, name: name) == "duplicate")
      let refusal = office.refusal(SpoolOffice.digest(file.text))
      #expect((refusal?.reason == .duplicate && refusal?.name == "b.xml" && refusal?.times == 1) == isRefused)
      #expect(
        office.store.contents.rows["stoploss.stop"]?.mapValues(\.record.body)
          == after["stoploss.stop"]?.mapValues(\.record.body))
      #expect(office.store.contents.rows["stoploss.answer"]?.count == 1)
    }
  }

  @Test func `the same answer in another file is set aside, in whatever order its reasons come`() throws {
    let reasons = [
      BankFile.code("AC01") + BankFile.code("AM09"), BankFile.code("AM09") + BankFile.code("AC01"),
    ]
    for (status, held, reasons) in [("CNCL", "50000.00", ["", ""]), ("RJCR", nil, reasons)] {
      let (office, stop, message) = try Self.asked()
      #expect(
        try office.receive(SpoolOffice.answer(message, status, held: held, reasons: reasons[0])) == "applied")
      let before = office.stopRecord(stop)
      let again = SpoolOffice.answer(
        message, status, held: held, id: "ICBC-9", at: "2026-03-02T09:12:00+08:00", reasons: reasons[1])
      #expect(try office.receive(again, name: "b.xml") == "duplicate")
      #expect(office.stopRecord(stop) == before)
      #expect(office.refusal(SpoolOffice.digest(again.text))?.reason == .duplicate)
      #expect(office.events("spool_set_aside").count == 1)
    }
  }

  @Test func `equal files of several names are each set aside, told of and listed`() throws {
    let office = try SpoolOffice()
    for name in ["e1.xml", "e2.xml", "e3.xml", "e2.xml"] {
      #expect(try office.receive("<a>", name: name) == "truncated")
      try office.minutes(1)
    }
    let items = try office.spool("list", ["state": "set_aside"])["items"]?.arrayValue ?? []
    #expect(items.map { $0["name"] } == ["e1.xml", "e2.xml", "e3.xml"])
    #expect(office.events("spool_set_aside").map { $0["file"] } == items.map { $0["id"] })
    // Each goes back by its own id.
    for item in items.dropFirst() { _ = try office.spool("retry", ["id": item["id"] ?? .null]) }
    let digest = JSONValue.string(SpoolOffice.digest("<a>"))
    #expect(
      try office.spool("waiting", ["limit": 4])["retries"] == [
        ["digest": digest, "name": "e2.xml"], ["digest": digest, "name": "e3.xml"],
      ])
    #expect(try office.receive("<a>", name: "e3.xml") == "truncated")
    #expect(try office.spool("status")["retries"] == 1)
  }

  private static let contradictions: [BankFile] = [
    SpoolOffice.answer("", held: "1.00"), SpoolOffice.answer("", "RJCR", held: nil),
    SpoolOffice.answer("", "PDCR", held: nil, at: "2026-03-02T09:10:00.001+08:00"),
  ]

  @Test(arguments: contradictions.indices)
  func `an answer that contradicts the one before is set aside`(number: Int) throws {
    let (office, stop, message) = try Self.asked()
    #expect(try office.receive(SpoolOffice.answer(message)) == "applied")
    let before = office.stopRecord(stop)
    var file = Self.contradictions[number]
    file.request = message
    #expect(try office.receive(file) == "contradicts")
    #expect(office.stopRecord(stop) == before && office.messages[0].message.final?.held == 5_000_000)
    let digest = SpoolOffice.digest(file.text)
    #expect(office.refusal(digest)?.reason == .contradicts && office.refusal(digest)?.name == "a.xml")
    #expect(
      office.events("spool_set_aside")
        == [["file": .string(digest), "reason": "contradicts", "to": ["anti-fraud"]]])
  }

  @Test func `a word that was overtaken by the final one has no effect`() throws {
    let (office, _, message) = try Self.asked()
    #expect(try office.receive(SpoolOffice.answer(message)) == "applied")
    let late = SpoolOffice.answer(message, "PDCR", held: nil, id: "ICBC-5", at: "2026-03-02T09:05:00+08:00")
    #expect(try office.receive(late) == "duplicate")
    #expect(office.messages[0].message.state == .answered && office.messages[0].message.pending == nil)
  }

  @Test func `an answer may come before the daemon has noted that the message left`() throws {
    let office = try SpoolOffice()
    try office.stop()
    let id = office.messages[0].id
    _ = try office.spool(
      "prepared", ["id": .string(id), "digest": .string(SpoolOffice.digest("x")), "name": "x.xml"])
    try office.minutes(20)
    #expect(try office.receive(SpoolOffice.answer(id)) == "applied")
    #expect(try office.spool("sent", ["id": .string(id)])["state"] == "answered")
  }

  private static let refused: [(String, @Sendable (String) -> String)] = [
    ("truncated", { String(SpoolOffice.answer($0).text.dropLast(20)) }), ("truncated", { _ in " " }),
    ("not_xml", { _ in "PK\u{3}\u{4}" }), ("not_xml", { _ in "{}" }),
    ("doctype", { _ in "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>" }), ("other_document", { _ in "<a/>" }),
    ("unknown_message", { _ in SpoolOffice.answer("example-BM-2026-000009").text }),
    ("amount_above_request", { SpoolOffice.answer($0, held: "50000.01").text }),
    ("amount_missing", { SpoolOffice.answer($0, held: nil).text }),
    ("unknown_status", { SpoolOffice.answer($0, "INFO").text }),
    ("in_future", { SpoolOffice.answer($0, at: "2026-03-02T09:25:00.001+08:00").text }),
  ]

  @Test(arguments: refused.indices)
  func `a file that cannot be taken is set aside with its reason, and nothing else happens`(number: Int)
    throws
  {
    let (office, stop, message) = try Self.asked()
    let before = office.stopRecord(stop)
    let text = Self.refused[number].1(message)
    #expect(try office.receive(text) == Self.refused[number].0)
    #expect(office.stopRecord(stop) == before && office.messages[0].message.state == .sent)
    #expect(office.store.contents.rows["stoploss.answer"] == nil)
    #expect(office.refusal(SpoolOffice.digest(text))?.times == 1)
    #expect(office.events("spool_set_aside").count == 1)
    // The daemon was killed before it moved the file: the same again is nothing new.
    #expect(try office.receive(text) == Self.refused[number].0)
    #expect(
      office.refusal(SpoolOffice.digest(text))?.times == 1 && office.events("spool_set_aside").count == 1)
  }

  @Test func `an answer to a message that has not left is set aside`() throws {
    let office = try SpoolOffice()
    try office.stop()
    try office.minutes(20)
    #expect(try office.receive(SpoolOffice.answer(office.messages[0].id)) == "not_sent")
  }

  @Test(arguments: [
    ("2026-03-02T09:20:00+08:00", "applied"), ("2026-03-02T09:20:00.001+08:00", "later"),
    ("2026-03-02T09:25:00+08:00", "later"),
  ])
  func `a file dated a little ahead waits for its time`(at: String, outcome: String) throws {
    let (office, stop, message) = try Self.asked()
    let file = SpoolOffice.answer(message, at: at)
    #expect(try office.receive(file) == outcome)
    guard outcome == "later" else { return }
    #expect(
      office.store.contents.rows["stoploss.spool_refusal"] == nil && office.messages[0].message.state == .sent
    )
    try office.minutes(5)
    #expect(try office.receive(file) == "applied")
    #expect(office.stopRecord(stop)?.hold?.start == Instant(rfc3339: at), "the bank's instant, unchanged")
  }

  @Test func `an answer is taken also after a freeze was asked for in its absence`() throws {
    let (office, stop, message) = try Self.asked()
    try office.minutes(15)
    try office.store.call(
      "stoploss.freeze.request",
      [
        "id": .string(stop), "name": "李四", "account": .string(SpoolOffice.suspect), "amount": 5_000_000,
        "kind": "ordinary", "scope": "amount", "interest": true,
      ])
    #expect(try office.receive(SpoolOffice.answer(message)) == "applied")
    let record = office.stopRecord(stop)
    #expect(record?.state == .freezeRequested && record?.former == .stopped && record?.held == 5_000_000)
    #expect(record?.ends?.rfc3339() == "2026-03-04T09:10:00.000+08:00")
  }

  @Test func `an answer that the stop cannot take is refused whole`() throws {
    let (office, stop, message) = try Self.asked()
    try office.store.call(
      "stoploss.stop.record", ["id": .string(stop), "result": "stopped", "at": "2026-03-02T09:11:00+08:00"])
    let error = #expect(throws: RPCError.self) { try office.receive(SpoolOffice.answer(message)) }
    #expect(error?.kind == .wrongState && SpoolReason(error ?? RPCError(.internalError)) == .stopState)
    #expect(office.messages[0].message.state == .sent && office.store.contents.rows["stoploss.answer"] == nil)
  }

  @Test func `an instant before the request is refused by the stop's rule`() throws {
    let (office, _, message) = try Self.asked()
    let file = SpoolOffice.answer(message, at: "2026-03-02T08:59:00+08:00")
    let error = #expect(throws: RPCError.self) { try office.receive(file) }
    #expect(
      error?.rule == "stoploss.stop.answer"
        && SpoolReason(error ?? RPCError(.internalError)) == .refusedByRule)
    let digest = SpoolOffice.digest(file.text)
    let answer = try office.spool(
      "set_aside",
      [
        "digest": .string(digest), "name": "a.xml", "reason": "refused_by_rule",
        "rule": "stoploss.stop.answer",
      ])
    #expect(answer["outcome"] == "refused" && answer["reason"]?["code"] == "refused_by_rule")
    #expect(office.refusal(digest)?.rule == "stoploss.stop.answer")
  }

  /// Whatever comes in whatever order: the stop hears of one final word, and of that one once.
  @Test(arguments: 0..<60) func `files in any order lead to one answer`(seed: Int) throws {
    let (office, stop, message) = try Self.asked()
    var generator = SpoolGenerator(state: UInt64(seed))
    let files = [
      SpoolOffice.answer(message, "PDCR", held: nil, id: "P1", at: "2026-03-02T09:05:00+08:00"),
      SpoolOffice.answer(message, "CWFW", held: nil, id: "P2", at: "2026-03-02T09:06:00+08:00"),
      SpoolOffice.answer(message, id: "F1"), SpoolOffice.answer(message, id: "F1"),
      SpoolOffice.answer(message, id: "F2", at: "2026-03-02T09:12:00+08:00"),
      SpoolOffice.answer(message, "PECR", held: "7.00", id: "C1"),
      SpoolOffice.answer(message, "RJCR", held: nil, id: "C2"),
      SpoolOffice.answer("example-BM-2026-000077", id: "U"), SpoolOffice.answer(message, "INFO", id: "X"),
    ].shuffled(using: &generator)
    var applied: [BankFile] = []
    for file in files {
      switch try office.receive(file) {
      case "applied": applied.append(file)
      case "noted": #expect(applied.isEmpty)
      case "duplicate": #expect(!applied.isEmpty)
      case "contradicts": #expect(!applied.isEmpty)
      case let other: #expect(other == "unknown_message" || other == "unknown_status")
      }
    }
    #expect(applied.count == 1)
    let record = try #require(office.stopRecord(stop))
    #expect(record.reference == applied[0].id)
    #expect(record.state == (applied[0].status == "RJCR" ? .noAnswer : .stopped))
    #expect(record.history.filter { $0["action"]?.stringValue?.hasPrefix("answer") == true }.count == 1)
    let known = (office.store.contents.rows["stoploss.answer"]?.count ?? 0)
    let refusals = (office.store.contents.rows["stoploss.spool_refusal"]?.count ?? 0)
    #expect(known + refusals == Set(files.map(\.text)).count, "every file is accounted for, once")
  }
}

struct SpoolGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
