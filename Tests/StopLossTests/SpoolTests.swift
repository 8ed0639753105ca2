import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite struct SpoolOutTests {
  @Test func `a requested stop queues one message, and says so`() throws {
    let office = try SpoolOffice()
    let stop = try office.stop()
    let (id, message) = try #require(office.messages.first)
    #expect(id == "example-BM-2026-000001" && office.messages.count == 1)
    #expect(
      message.state == .waiting && message.stop == stop && message.station == "st-02"
        && message.amount == 5_000_000)
    #expect(office.events("message_waiting") == [["message": .string(id), "stop": .string(stop)]])
    #expect(try office.spool("status") == ["outgoing": 1, "retries": 0])
  }

  @Test func `the content says what the bank compares, and is the same at every look`() throws {
    let office = try SpoolOffice()
    try office.stop()
    let first = try office.spool("waiting", ["limit": 16])
    let message = try #require(first["messages"]?.arrayValue?.first)
    #expect(message["name"] == "camt.056.001.08_example-BM-2026-000001.xml")
    let text = try #require(message["text"]?.stringValue)
    for part in [
      "<BICFI>ICBKCNBJ</BICFI>", "<Nm>李四</Nm>", "<Id>\(SpoolOffice.suspect)</Id>",
      "<Id>\(SpoolOffice.victim)</Id>",
      "<OrgnlTxId>TX-1</OrgnlTxId>", ">50000.00<", "<DtTm>2026-03-02T08:50:00.000+08:00</DtTm>", "FRAD",
      "<CreDtTm>2026-03-02T09:00:00.000+08:00</CreDtTm>",
    ] { #expect(text.contains(part), "\(part)") }
    #expect(!text.contains("张三"), "the victim's name is nobody's business")
    try office.minutes(5)
    #expect(try office.spool("waiting", ["limit": 16]) == first)
  }

  @Test func `a message leaves in two steps, each of which may be repeated`() throws {
    let office = try SpoolOffice()
    try office.stop()
    let id = office.messages[0].id
    let params: JSONObject = ["id": .string(id), "digest": .string(SpoolOffice.digest("x")), "name": "x.xml"]
    for _ in 0..<2 {
      #expect(try office.spool("prepared", params)["state"] == "prepared")
      let waiting = try office.spool("waiting", ["limit": 16])["messages"]?.arrayValue
      let made: JSONValue = [
        "id": .string(id), "state": "prepared", "name": "x.xml", "digest": .string(SpoolOffice.digest("x")),
      ]
      #expect(waiting == [made], "it is not made again")
      try office.minutes(1)
    }
    #expect(try office.spool("sent", ["id": .string(id)])["state"] == "sent")
    let sent = office.messages[0].message.sent
    try office.minutes(1)
    #expect(try office.spool("sent", ["id": .string(id)])["state"] == "sent")
    #expect(office.messages[0].message.sent == sent && sent != nil)
    #expect(office.messages[0].message.digest == SpoolOffice.digest("x"))
    #expect(try office.spool("status") == ["outgoing": 0, "retries": 0])
    #expect(try office.spool("waiting", ["limit": 16]) == ["messages": [], "retries": []])
  }

  @Test func `what was prepared stays as it was, whatever comes after`() throws {
    let office = try SpoolOffice()
    let stop = try office.stop()
    let id = office.messages[0].id
    let first: JSONObject = ["id": .string(id), "digest": .string(SpoolOffice.digest("x")), "name": "x.xml"]
    _ = try office.spool("prepared", first)
    let before = office.messages[0].message
    try office.minutes(1)
    try office.store.call("stoploss.stop.record", ["id": .string(stop), "result": "no_answer"])
    try office.store.call(
      "stoploss.stop.record", ["id": .string(stop), "result": "stopped", "at": "2026-03-02T09:01:00+08:00"])
    let second: JSONObject = ["id": .string(id), "digest": .string(SpoolOffice.digest("y")), "name": "y.xml"]
    #expect(try office.spool("prepared", second)["state"] == "prepared")
    #expect(office.messages[0].message == before)
  }

  @Test func `messages are numbered without gaps, and told of in their order`() throws {
    let office = try SpoolOffice()
    for number in ["6222021234567890128", "4111111111111111", "5555555555554444"] {
      try office.stop(number: number)
    }
    #expect(office.messages.map(\.id).map { $0.suffix(6) } == ["000001", "000002", "000003"])
    let waiting = try office.spool("waiting", ["limit": 2])["messages"]?.arrayValue ?? []
    #expect(waiting.compactMap { $0["id"]?.stringValue } == office.messages.prefix(2).map(\.id))
    #expect(try office.spool("status")["outgoing"] == 3)
  }

  @Test func `a card whose bank is not known goes out under its issuer's digits`() throws {
    let office = try SpoolOffice()
    try office.stop(bank: nil)
    let text =
      try office.spool("waiting", ["limit": 1])["messages"]?.arrayValue?.first?["text"]?.stringValue ?? ""
    #expect(text.contains("<Id>62220212</Id>") && text.contains("<Prtry>IIN</Prtry>"))
  }

  @Test func `what cannot be written is dropped, and the station and the desk are told why`() throws {
    let office = try SpoolOffice()
    let stop = try office.stop(number: String(repeating: "1", count: 35), kind: "corporate", holder: nil)
    let (id, message) = office.messages[0]
    #expect(
      message.state == .dropped && message.reason == .notWritable && office.events("message_waiting").isEmpty)
    #expect(
      office.events("message_dropped") == [
        [
          "message": .string(id), "stop": .string(stop), "reason": "not_writable",
          "to": ["st-02", "anti-fraud"],
        ]
      ])
    #expect(try office.spool("status")["outgoing"] == 0)
  }

  @Test(arguments: ["a\u{7}b", "李\u{FFFE}", " "])
  func `a name that no message can hold is not taken in`(holder: String) throws {
    let office = try SpoolOffice()
    let error = #expect(throws: RPCError.self) { try office.stop(holder: holder) }
    #expect(error?.kind == .invalidParams && error?.pointer == "/accounts/1/holder")
  }

  @Test func `a stop that was answered another way before the file was made is not asked for any more`()
    throws
  {
    let office = try SpoolOffice()
    let stop = try office.stop()
    try office.minutes(1)
    try office.store.call(
      "stoploss.stop.record", ["id": .string(stop), "result": "stopped", "at": "2026-03-02T09:01:00+08:00"])
    let id = office.messages[0].id
    #expect(
      try office.spool("waiting", ["limit": 1])["messages"]?.arrayValue == [
        ["id": .string(id), "state": "waiting"]
      ])
    #expect(try office.spool("prepared", ["id": .string(id)])["state"] == "dropped")
    #expect(office.messages[0].message.reason == .stopMovedOn)
    #expect(office.events("message_dropped").map { $0["reason"] } == ["stop_moved_on"])
    #expect(try office.spool("waiting", ["limit": 1])["messages"] == [])
  }

  @Test func `the bank is still asked where a freeze was asked for in the absence of its answer`() throws {
    let office = try SpoolOffice()
    let stop = try office.stop()
    try office.minutes(31)
    #expect(office.stopRecord(stop)?.state == .noAnswer)
    try office.store.call(
      "stoploss.freeze.request",
      [
        "id": .string(stop), "name": "李四", "account": .string(SpoolOffice.suspect), "amount": 5_000_000,
        "kind": "ordinary", "scope": "amount", "interest": true,
      ])
    let id = office.messages[0].id
    let waiting = try office.spool("waiting", ["limit": 1])["messages"]?.arrayValue?.first
    #expect(waiting?["text"]?.stringValue?.contains(stop) == true)
    try office.send(id)
    #expect(office.messages[0].message.state == .sent && office.events("message_dropped").isEmpty)
    #expect(try office.receive(SpoolOffice.answer(id)) == "applied")
    #expect(office.stopRecord(stop)?.state == .freezeRequested && office.stopRecord(stop)?.held == 5_000_000)
  }

  @Test func `a stop that the clock gave up is still asked for`() throws {
    let office = try SpoolOffice()
    let stop = try office.stop()
    try office.minutes(60 * 24)
    #expect(office.stopRecord(stop)?.state == .noAnswer)
    try office.send(office.messages[0].id)
    #expect(office.messages[0].message.state == .sent)
  }

  @Test func `a message that is not there is not found`() throws {
    let office = try SpoolOffice()
    for method in ["prepared", "sent"] {
      let error = #expect(throws: RPCError.self) { try office.spool(method, ["id": "x"]) }
      #expect(error?.kind == .notFound && error?.pointer == "/id")
    }
  }

  static let settings: [(String, JSONValue)] = [
    ("code", []), ("code", ["a", "b"]), ("code", [""]), ("code", ["1234567890123456"]), ("code", ["a_b"]),
    ("code", ["a/b"]), ("code", ["é"]), ("name", []), ("name", [""]), ("name", ["a\n"]),
    ("name", [.string(String(repeating: "x", count: 141))]), ("version", ["07"]), ("version", ["8"]),
    ("version", []),
  ]

  @Test(arguments: settings.indices) func `a sender that cannot be used is refused at the start`(number: Int)
    throws
  {
    let (name, value) = Self.settings[number]
    var rules = SpoolOffice.file("etc/stoploss/rules.json").objectValue ?? [:]
    rules["rules"] = .array(
      (rules["rules"]?.arrayValue ?? []).map { rule in
        guard rule["id"] == "stoploss.spool.sender", var object = rule.objectValue,
          var values = rule["values"]?.objectValue
        else { return rule }
        values[name] = value
        object["values"] = .object(values)
        return .object(object)
      })
    let error = #expect(throws: SpoolSettingsError.self) {
      try StopLoss.module(configuration: .object(rules))
    }
    #expect(error?.description.contains("stoploss.spool.sender: 'values.\(name)'") == true)
  }
}

@Suite struct SpoolLifeTests {
  private static let messageSteps: [SpoolState: [SpoolAction: SpoolState]] = [
    .waiting: [.prepare: .prepared, .drop: .dropped],
    .prepared: [.prepare: .prepared, .send: .sent, .answer: .answered, .note: .prepared],
    .sent: [.send: .sent, .answer: .answered, .note: .sent], .answered: [.send: .answered, .note: .answered],
  ]

  @Test(arguments: SpoolState.allCases, SpoolAction.allCases)
  func `every step of a message leads where it should, or is refused`(state: SpoolState, action: SpoolAction)
  {
    if let next = Self.messageSteps[state]?[action] {
      #expect((try? SpoolLife.message.next(state, action)) == next)
    } else {
      let error = #expect(throws: RPCError.self) { try SpoolLife.message.next(state, action) }
      #expect(error?.kind == .wrongState)
    }
  }

  private static let refusalSteps: [RefusalState: [RefusalAction: RefusalState]] = [
    .setAside: [.retry: .retry, .refuse: .setAside, .settle: .settled],
    .retry: [.refuse: .setAside, .settle: .settled], .settled: [.refuse: .setAside],
  ]

  @Test(arguments: RefusalState.allCases, RefusalAction.allCases)
  func `every step of a file that was set aside leads where it should, or is refused`(
    state: RefusalState, action: RefusalAction
  ) {
    if let next = Self.refusalSteps[state]?[action] {
      #expect((try? SpoolLife.refusal.next(state, action)) == next)
    } else {
      let error = #expect(throws: RPCError.self) { try SpoolLife.refusal.next(state, action) }
      #expect(error?.kind == .wrongState)
    }
  }
}
