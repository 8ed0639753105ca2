import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite struct SpoolPeopleTests {
  private static let desk = Principal.of("anti-fraud")

  private static func items(_ answer: JSONValue) -> [String] {
    answer["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
  }

  @Test func `messages are listed by state, by station, a page at a time, from either end`() throws {
    let office = try SpoolOffice()
    let cards = ["6222021234567890128", "4111111111111111", "5555555555554444", "6011000990139424"]
    for (place, card) in cards.enumerated() {
      try office.stop(number: card, station: place % 2 == 0 ? "st-02" : "st-03")
      try office.minutes(1)
    }
    let ids = office.messages.map(\.id)
    try office.send(ids[3])
    let list = { (params: JSONObject) throws in
      try office.store.call("stoploss.spool.list", params, as: Self.desk)
    }
    #expect(Self.items(try list(["state": "waiting"])) == Array(ids[..<3]))
    #expect(Self.items(try list(["state": "waiting", "order": "desc"])) == ids[..<3].reversed())
    #expect(Self.items(try list(["state": "sent"])) == [ids[3]])
    #expect(Self.items(try list(["state": "waiting", "station": "st-02"])) == [ids[0], ids[2]])
    let first = try list(["state": "waiting", "limit": 2])
    #expect(Self.items(first) == Array(ids[..<2]))
    let next = try #require(first["next"])
    let second = try list(["state": "waiting", "limit": 2, "cursor": next])
    #expect(Self.items(second) == [ids[2]] && second["next"] == nil)
  }

  @Test func `an item says all there is to know, and nothing of a person`() throws {
    let office = try SpoolOffice()
    let stop = try office.stop()
    let id = office.messages[0].id
    try office.send(id)
    try office.minutes(20)
    #expect(try office.receive(SpoolOffice.answer(id, "PDCR", held: nil)) == "noted")
    #expect(
      try office.receive(
        SpoolOffice.answer(
          id, "RJCR", held: nil, at: "2026-03-02T09:15:00+08:00", reasons: BankFile.code("LEGL")))
        == "applied")
    let item = try office.spool("list", ["state": "answered"])["items"]?.arrayValue?.first
    #expect(
      item == [
        "id": .string(id), "version": 5, "state": "answered", "stop": .string(stop), "station": "st-02",
        "amount": 5_000_000, "queued": "2026-03-02T09:00:00.000+08:00",
        "digest": .string(SpoolOffice.digest("x")),
        "name": "x.xml", "sent": "2026-03-02T09:00:00.000+08:00", "pending": "2026-03-02T09:10:00.000+08:00",
        "answered": "2026-03-02T09:20:00.000+08:00", "bank_reasons": ["LEGL"],
      ])
  }

  @Test func `a station sees the messages of its own stops, and no file that was set aside`() throws {
    let office = try SpoolOffice()
    try office.stop()
    let station = Principal.of("st-02")
    let list = { (params: JSONObject, principal: Principal) throws in
      try office.store.call("stoploss.spool.list", params, as: principal)
    }
    #expect(
      Self.items(try list(["state": "waiting", "station": "st-02"], station)) == [office.messages[0].id])
    let refused: [(params: JSONObject, principal: Principal)] = [
      (["state": "waiting", "station": "st-03"], station), (["state": "waiting"], station),
      (["state": "set_aside"], station), (["state": "waiting", "station": "st-02"], .of("st-03")),
    ]
    for (params, principal) in refused {
      let error = #expect(throws: RPCError.self) { try list(params, principal) }
      #expect(error?.kind == .denied)
    }
    let error = #expect(throws: RPCError.self) {
      try list(["state": "set_aside", "station": "st-02"], Self.desk)
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/station")
  }

  @Test func `a file that was set aside is listed with its reason in both languages`() throws {
    let office = try SpoolOffice()
    #expect(try office.receive("<a>", name: "camt.029_7.xml") == "truncated")
    let item = try office.spool("list", ["state": "set_aside"])["items"]?.arrayValue?.first
    #expect(
      item == [
        "id": .string(SpoolOffice.digest("<a>")), "version": 1, "state": "set_aside",
        "name": "camt.029_7.xml",
        "reason": [
          "code": "truncated", "en": .string(SpoolReason.truncated.text.en),
          "zh": .string(SpoolReason.truncated.text.zh),
        ], "at": "2026-03-02T09:00:00.000+08:00", "times": 1,
      ])
  }

  @Test func `a file is tried again when somebody asks, and is settled when it is taken`() throws {
    let office = try SpoolOffice()
    try office.stop()
    let id = office.messages[0].id
    try office.minutes(20)
    let file = SpoolOffice.answer(id)
    let digest = SpoolOffice.digest(file.text)
    #expect(try office.receive(file) == "not_sent")
    let retry = { (params: JSONObject, principal: Principal) throws in
      try office.store.call("stoploss.spool.retry", params, as: principal)
    }
    let answer = try retry(["id": .string(digest), "version": 1], Self.desk)
    #expect(answer == ["id": .string(digest), "version": 2, "state": "retry"])
    #expect(office.events("spool_retry") == [["file": .string(digest)]])
    #expect(try office.spool("status") == ["outgoing": 1, "retries": 1])
    #expect(
      try office.spool("waiting", ["limit": 4])["retries"] == [["digest": .string(digest), "name": "a.xml"]])
    let again = #expect(throws: RPCError.self) { try retry(["id": .string(digest)], Self.desk) }
    #expect(again?.kind == .wrongState)

    // It is still too early: set aside a second time.
    #expect(try office.receive(file) == "not_sent")
    #expect(office.refusal(digest)?.times == 2 && office.refusal(digest)?.state == .setAside)
    try office.send(id)
    _ = try retry(["id": .string(digest)], Self.desk)
    #expect(try office.receive(file) == "applied")
    #expect(office.refusal(digest)?.state == .settled)
    #expect(try office.spool("status") == ["outgoing": 0, "retries": 0])
  }

  @Test func `a retry is the desk's, of what is there, as it was seen`() throws {
    let office = try SpoolOffice()
    #expect(try office.receive("<a>") == "truncated")
    let digest = JSONValue.string(SpoolOffice.digest("<a>"))
    let calls: [(JSONObject, Principal, ErrorKind)] = [
      (["id": digest], .of("st-02"), .denied), (["id": digest, "version": 2], Self.desk, .conflict),
      (["id": .string(SpoolOffice.digest("other"))], Self.desk, .notFound),
      (["id": ""], Self.desk, .invalidParams),
    ]
    for (params, principal, kind) in calls {
      let error = #expect(throws: RPCError.self) {
        try office.store.call("stoploss.spool.retry", params, as: principal)
      }
      #expect(error?.kind == kind)
    }
    #expect(office.refusal(SpoolOffice.digest("<a>"))?.state == .setAside)
  }

  @Test(arguments: [
    ("a.xml", true), ("camt.029_7-B.XML", true), (String(repeating: "a", count: 128), true), ("", false),
    (String(repeating: "a", count: 129), false), ("a b", false), ("王小明.xml", false), ("a/b", false),
    ("a\n", false),
    ("11010519491231002X.xml", false), ("110105-19491231-002X.xml", false), ("20261122093000.xml", true),
    ("6222020000000000075.xml", false), ("camt.029_13800001234.xml", false),
    ("camt.029_2026112209300012345.xml", true),
  ])
  func `only a plain name without a number of a person is kept`(name: String, isKept: Bool) throws {
    #expect(SpoolRefusal.mayKeep(name) == isKept)
    guard !name.isEmpty else { return }
    let office = try SpoolOffice()
    #expect(try office.receive("<a>", name: name) == "truncated")
    let digest = SpoolOffice.digest("<a>")
    #expect(office.refusal(digest)?.name == (isKept ? name : nil))
    guard !isKept else { return }
    let error = #expect(throws: RPCError.self) { try office.spool("retry", ["id": .string(digest)]) }
    #expect(error?.rule == "stoploss.spool.naming" && office.refusal(digest)?.state == .setAside)
  }

  @Test func `a file that went away is noted as gone`() throws {
    let office = try SpoolOffice()
    #expect(try office.receive("<a>") == "truncated")
    let digest = SpoolOffice.digest("<a>")
    _ = try office.spool("retry", ["id": .string(digest)])
    _ = try office.spool("set_aside", ["digest": .string(digest), "name": "a.xml", "reason": "gone"])
    #expect(office.refusal(digest)?.reason == .gone && office.refusal(digest)?.state == .setAside)
  }
}
