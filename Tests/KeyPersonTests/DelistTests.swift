import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Delisting and erasure")
struct DelistTests {
  static let decision: JSONObject = [
    "decision": ["authority": "Qingping County Court", "number": "(2026) 99", "date": "2026-03-02"]
  ]

  /// Which reason ends which category's record, and the rule that refuses the others.
  static let reasons: [(Category, CallerReason, rule: String?)] = Category.allCases.flatMap { category in
    CallerReason.allCases.map { reason in
      switch reason {
      case .error, .courtDecision, .completion: (category, reason, nil)
      case .threeYearsClean: (category, reason, "keyperson.drug.clean")
      case .found: (category, reason, category == .missingVulnerablePerson ? nil : "keyperson.delist.reason")
      case .consentWithdrawn:
        // The fixture's protection order is the protected person's.
        (
          category, reason,
          category == .resettlementSupport || category == .protectionOrder ? nil : "keyperson.delist.reason"
        )
      }
    }
  }

  @Test("a follow-up ends for a reason that fits it", arguments: reasons)
  func reason(_ category: Category, _ reason: CallerReason, _ rule: String?) throws {
    let fixture = try Fixture()
    let id = try fixture.enter(category)
    var params: JSONObject = ["id": .string(id), "reason": .string(reason.rawValue)]
    if reason == .courtDecision { params["decision"] = Self.decision["decision"] }
    if let rule {
      let error = #expect(throws: RPCError.self) { try fixture.call("delist", params) }
      #expect(error?.rule == rule && error?.pointer == "/reason")
      return
    }
    let answer = try fixture.call("delist", params)
    #expect(answer["state"] == "delisted" && answer["reason"] == .string(reason.rawValue))
    #expect(answer["erase_at"] == "2026-04-02T00:00:00.000+08:00")
    #expect(fixture.events("delisted").first?["to"] == ["st-01", "key-person-desk"])
    let notice = try #require(fixture.rows("notice").first?.body)
    let text = try #require(notice["en"]?.stringValue)
    #expect(text.contains("erased after 2026-04-01"))
    #expect(notice["zh"]?.stringValue?.contains("2026-04-01") == true)
  }

  static let parts: [(Category, part: String?, isBound: Bool)] = [
    (.communityCorrections, nil, true), (.drugTreatment, nil, true), (.bailPendingTrial, nil, true),
    (.protectionOrder, "bound", true), (.protectionOrder, "protected", false),
    (.resettlementSupport, nil, false), (.missingVulnerablePerson, nil, false),
  ]

  @Test("a duty is over only for whom the instrument bound", arguments: parts)
  func duties(_ category: Category, _ part: String?, _ isBound: Bool) throws {
    var more: JSONObject = ["to": "2026-03-25", "next_review": "2026-03-25"]
    if part == "bound" { (more["part"], more["purpose"]) = ("bound", "uphold_order") }
    for reason in ["expiry", "completion", "court_decision"] {
      let fixture = try Fixture()
      let id = try fixture.enter(category, more)
      switch reason {
      case "expiry": try fixture.advance("2026-03-26T00:00:00+08:00")
      case "completion": _ = try fixture.delist(id)
      default:
        try fixture.call(
          "delist",
          [
            "id": .string(id), "reason": .string(reason),
            "decision": Self.decision["decision"] ?? .null,
          ])
      }
      let notice = try #require(fixture.rows("notice").first?.body)
      #expect(notice["reason"] == .string(reason))
      #expect(notice["en"]?.stringValue?.contains("no duty") == isBound)
      #expect(notice["zh"]?.stringValue?.contains("不再承担") == isBound)
    }
  }

  @Test("who was protected and takes back their agreement is not told of the support after a release")
  func protectedConsent() throws {
    let fixture = try Fixture()
    _ = try fixture.delist(try fixture.enter(.protectionOrder), "consent_withdrawn")
    let notice = try #require(fixture.rows("notice").first?.body)
    #expect(notice["zh"]?.stringValue?.contains("帮教") == false)
  }

  @Test("a court decision is named, and nothing else is")
  func decisionNamed() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    for params in [
      ["id": .string(id), "reason": "court_decision"],
      ["id": .string(id), "reason": "completion", "decision": Self.decision["decision"] ?? .null],
    ] as [JSONObject] {
      let error = #expect(throws: RPCError.self) { try fixture.call("delist", params) }
      #expect(error?.rule == "keyperson.delist.reason" && error?.pointer == "/decision")
    }
    let smuggled = #expect(throws: RPCError.self) {
      try fixture.call(
        "delist",
        [
          "id": .string(id), "reason": "court_decision",
          "decision": ["authority": "of 330106194906150047", "number": "1", "date": "2026-03-01"],
        ])
    }
    #expect(smuggled?.rule == "keyperson.text" && smuggled?.pointer == "/decision/authority")
  }

  @Test(
    "nobody can choose that a term is over, or that a proposal lapsed", arguments: ["expiry", "not_entered"])
  func notByHand(_ reason: String) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let error = #expect(throws: RPCError.self) { try fixture.delist(id, reason) }
    #expect(error?.kind == .invalidParams && error?.pointer == "/reason")
  }

  @Test("a proposal that was a mistake ends without a notice; it was never completed")
  func proposal() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let error = #expect(throws: RPCError.self) { try fixture.delist(id, "completion") }
    #expect(error?.rule == "keyperson.delist.reason")
    #expect(try fixture.delist(id, "error")["task"] == nil)
    #expect(fixture.rows("notice").isEmpty)
    #expect(fixture.tasks(id, .verify).isEmpty)
  }

  @Test("the end drops every task, and nothing falls due any more")
  func tasksDropped() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try DutyTests.add(fixture, id, "report_in", first: "2026-03-09T10:00:00+08:00", ["every_days": 7])
    _ = try fixture.delist(id)
    let open = fixture.rows("task").filter { $0.body["state"] == "open" }
    #expect(open.map { $0.body["kind"] } == ["notice"])
    #expect(
      fixture.store.contents.deadlines.keys.filter { $0.hasPrefix("keyperson|") } == ["keyperson|life|\(id)"])
    try fixture.advance("2026-03-20T10:00:00+08:00")
    #expect(fixture.events("duty_missed").isEmpty)
  }

  static let ends: [(String, Bool)] = [
    ("2026-03-25T23:59:00+08:00", true), ("2026-03-25T23:59:59.999+08:00", true),
    ("2026-03-26T00:00:00+08:00", false), ("2026-03-26T00:00:00.001+08:00", false),
  ]

  @Test("a record ends by itself with its last day, whether or not its deadline has fired", arguments: ends)
  func expiry(_ instant: String, _ isReadable: Bool) throws {
    for fires in [true, false] {
      let fixture = try Fixture()
      let id = try fixture.enter(.bailPendingTrial, ["to": "2026-03-25", "next_review": "2026-03-25"])
      if fires { try fixture.advance(instant) } else { fixture.store.now = Fixture.at(instant) }
      let number: JSONObject = ["id_number": .string(Fixture.number), "category": "bail_pending_trial"]
      if isReadable {
        #expect(try fixture.get(id)["name"] == "王小明")
        #expect(try fixture.call("get", number)["name"] == "王小明")
      } else {
        let error = #expect(throws: RPCError.self) { try fixture.get(id) }
        #expect(error?.rule == "keyperson.ended" && error?.pointer == "/id")
        let unknown = #expect(throws: RPCError.self) { try fixture.call("get", number) }
        #expect(unknown?.kind == .notFound, "an ID number alone tells nothing of the past")
      }
    }
  }

  @Test("the last day is its day, also where it is a holiday")
  func holiday() throws {
    let fixture = try Fixture(now: Fixture.at("2026-09-28T09:00:00+08:00"))
    let dates: JSONObject = [
      "from": "2026-09-01", "to": "2026-10-01", "next_review": "2026-10-01",
      "instrument": Fixture.instrument(date: "2026-08-25"),
    ]
    let id = try fixture.enter(.bailPendingTrial, dates)
    try fixture.advance("2026-10-02T00:00:00+08:00")
    #expect(fixture.record(id)?.delisting?.reason == .expiry)
    #expect(fixture.record(id)?.delisting?.at == Fixture.at("2026-10-02T00:00:00+08:00"))
  }

  @Test("where the daemon was down, the end is when it was, and erasure counts from there")
  func downAtTheEnd() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.bailPendingTrial, ["to": "2026-03-25", "next_review": "2026-03-25"])
    try fixture.store.sleep(to: Fixture.at("2026-04-20T12:00:00+08:00"))
    #expect(fixture.record(id)?.delisting?.at == Fixture.at("2026-03-26T00:00:00+08:00"))
    #expect(fixture.record(id)?.delisting?.eraseAt == Fixture.at("2026-04-26T00:00:00+08:00"))
    try fixture.store.sleep(to: Fixture.at("2026-06-20T12:00:00+08:00"))
    #expect(fixture.body(id) == nil)
  }

  static let erasures: [(String, Bool)] = [
    ("2026-04-01T23:59:00+08:00", false), ("2026-04-01T23:59:59.999+08:00", false),
    ("2026-04-02T00:00:00+08:00", true),
  ]

  @Test("thirty days after the end everything is erased but the tombstone", arguments: erasures)
  func erasure(_ instant: String, _ isErased: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try DutyTests.add(fixture, id)
    try fixture.call("correct", ["id": .string(id), "phone": "137 0000 0000", "document": "letter"])
    _ = try fixture.delist(id)
    try fixture.advance(instant)
    let left = ["record", "duty", "task", "notice", "correction"].filter { !fixture.rows($0).isEmpty }
    #expect(left.isEmpty == isErased, "\(left)")
    #expect(fixture.rows("tombstone").isEmpty == !isErased)
    if isErased {
      let error = #expect(throws: RPCError.self) { try fixture.get(id) }
      #expect(error?.rule == "keyperson.erased")
    }
  }

  @Test(
    "with a record go the approvals that were asked for about it, and what deciders wrote to them",
    arguments: [true, false])
  func approvals(_ byHand: Bool) throws {
    let fixture = try Fixture()
    let (id, other) = (
      try fixture.propose(),
      try fixture.propose(.bailPendingTrial, ["id_number": .string(Fixture.otherNumber)])
    )
    let rejected: JSONObject = ["id": .string(try fixture.verify(id)), "version": 1, "note": "not 王小明"]
    try fixture.store.call("approval.reject", rejected, as: Fixture.zhao)
    _ = try fixture.verify(id)
    let left = try fixture.verify(other)
    func kept() -> [String] { fixture.store.contents.rows["approval.request"].map { $0.keys.sorted() } ?? [] }
    #expect(kept().count == 3)
    _ = try fixture.delist(id, "error")
    if byHand {
      try fixture.call("erase", ["id": .string(id)])
      #expect(kept() == [left])
    } else {
      try fixture.advance("2026-04-02T00:00:00+08:00")
      #expect(fixture.body(id) == nil && !kept().contains(rejected["id"]?.stringValue ?? ""))
    }
  }

  @Test("the tombstone tells that there was a record, and nothing of whom")
  func tombstone() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.drugTreatment)
    try fixture.advance("2026-03-10T12:00:00+08:00")
    _ = try fixture.delist(id, "error")
    let untold = #expect(throws: RPCError.self) { try fixture.call("erase", ["id": .string(id)]) }
    #expect(untold?.rule == "keyperson.delist.notice" && untold?.pointer == "/id")
    try fixture.tell(id)
    let answer = try fixture.call("erase", ["id": .string(id)])
    #expect(answer["state"] == "erased")
    #expect(
      fixture.rows("tombstone").first?.body == [
        "id": .string(id), "category": "drug_treatment", "from": "2026-03-01", "to": "2026-03-10",
        "reason": "error", "erased_at": "2026-03-10T12:00:00.000+08:00",
      ])
    for (key, rows) in fixture.store.contents.rows where key.hasPrefix("keyperson.") {
      for row in rows.values {
        let text = JSONValue.object(row.record.body).encodedString
        for secret in ["王小明", Fixture.number, "138 0000", "0102-31"] {
          #expect(!text.contains(secret), "\(key)")
        }
        #expect(key == "keyperson.tombstone" || !text.contains("\"\(id)\""), "\(key)")
      }
    }
    #expect(fixture.store.contents.deadlines.keys.filter { $0.contains(id) } == [])
    #expect(fixture.events("erased").count == 1)
  }

  @Test("nothing is erased that has not ended")
  func live() throws {
    let fixture = try Fixture()
    for id in [try fixture.propose(.bailPendingTrial), try fixture.enter()] {
      let error = #expect(throws: RPCError.self) { try fixture.call("erase", ["id": .string(id)]) }
      #expect(error?.kind == .wrongState)
    }
  }

  @Test("the station reads whom to tell and what, once, and the addressee goes when they were told")
  func notice() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let task = try #require(try fixture.delist(id)["task"]?.stringValue)
    let denied = #expect(throws: RPCError.self) {
      try fixture.call("notice.get", ["task": .string(task)], as: Fixture.other)
    }
    #expect(denied?.kind == .denied)
    let purpose = #expect(throws: RPCError.self) {
      try fixture.call("notice.get", ["task": .string(task)], purpose: "maintenance")
    }
    #expect(purpose?.rule == "keyperson.read.purpose")
    let notice = try fixture.call("notice.get", ["task": .string(task)])
    #expect(notice["name"] == "王小明" && notice["reason"] == "completion")
    let answer = try fixture.call("notice.record", ["task": .string(task)])
    #expect(answer["told_at"] == "2026-03-02T09:00:00.000+08:00")
    #expect(try fixture.call("notice.get", ["task": .string(task)])["name"] == nil)
    #expect(fixture.rows("notice").first?.body["phone"] == nil)
    let twice = #expect(throws: RPCError.self) { try fixture.call("notice.record", ["task": .string(task)]) }
    #expect(twice?.kind == .wrongState)
    let unknown = #expect(throws: RPCError.self) { try fixture.call("notice.get", ["task": "no"]) }
    #expect(unknown?.kind == .notFound && unknown?.pointer == "/task")
  }

  @Test("nobody was told of an end before it came, and what says so does not open erasure")
  func toldBefore() throws {
    let fixture = try Fixture(now: Fixture.at("2026-03-02T09:00:30+08:00"))
    let id = try fixture.enter()
    let task = try fixture.delist(id)["task"] ?? .null
    for at in ["1990-01-01T00:00:00+08:00", "2026-03-02T08:59:59.999+08:00"] {
      let error = #expect(throws: RPCError.self) {
        try fixture.call("notice.record", ["task": task, "at": .string(at)])
      }
      #expect(error?.rule == "keyperson.duty.time" && error?.pointer == "/at")
    }
    let early = #expect(throws: RPCError.self) { try fixture.call("erase", ["id": .string(id)]) }
    #expect(early?.rule == "keyperson.delist.notice")
    // People tell minutes.
    try fixture.call("notice.record", ["task": task, "at": "2026-03-02T09:00:00+08:00"])
    #expect(try fixture.call("erase", ["id": .string(id)])["state"] == "erased")
  }

  @Test("the person is told within days, the last of them whole")
  func noticeDay() throws {
    let fixture = try Fixture(now: Fixture.at("2026-03-04T10:00:00+08:00"))
    let task = try fixture.delist(fixture.enter())["task"] ?? .null
    let told = try fixture.call("tasks", [:], as: Fixture.zhao)["items"]?.arrayValue?.first {
      $0["task"] == task
    }
    #expect(
      told?["due"]?.stringValue.flatMap { Instant(rfc3339: $0) } == Fixture.at("2026-03-08T00:00:00+08:00"))
  }

  @Test("every reason has its words in both languages", arguments: DelistReason.allCases)
  func words(_ reason: DelistReason) throws {
    let module = try KeyPerson.module(configuration: Fixture.rules)
    let event = try #require(module.events.first { $0.name == "delisted" })
    let words = event.payload["properties"]?["reason"]?["enum"]?.arrayValue ?? []
    #expect(words.contains(.string(reason.rawValue)))
  }
}
