import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Reads")
struct ReadTests {
  static let purposes: [(String, get: Bool, extract: Bool)] = [
    ("handling", true, false), ("supervision", true, false), ("audit", true, false),
    ("court_or_prosecutor", true, false), ("subject_request", false, true), ("maintenance", false, false),
    ("curiosity", false, false),
  ]

  @Test("a purpose that allows it, or no read", arguments: purposes)
  func purpose(_ purpose: String, _ get: Bool, _ extract: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    for (method, isFine) in [("get", get), ("extract", extract)] {
      if isFine {
        #expect(try fixture.call(method, ["id": .string(id)], purpose: purpose)["name"] == "王小明")
      } else {
        let error = #expect(throws: RPCError.self) {
          try fixture.call(method, ["id": .string(id)], purpose: purpose)
        }
        #expect(error?.rule == "keyperson.read.purpose" && error?.pointer == "/meta/purpose")
      }
    }
    #expect(fixture.rows("tally").filter { $0.body["what"] == "reading" }.count == (get || extract ? 1 : 0))
  }

  static let ways: [(JSONObject, String)] = [
    ([:], "/id"), (["category": "bail_pending_trial"], "/id_number"),
    (["id_number": "330106198501010028"], "/category"), (["instrument": "1"], "/id_number"),
    (["id": "x", "id_number": "330106198501010028", "category": "bail_pending_trial"], "/id"),
    (["id": "x", "instrument": "1"], "/id_number"),
    (["id_number": "330106198501010029", "category": "bail_pending_trial"], "/id_number"),
    (["name": "王小明"], "/name"), (["station": "st-01"], "/station"), (["limit": 100], "/limit"),
    (["phone": "138 0000 0000"], "/phone"), (["category": "bail_pending_trial", "limit": 9], "/limit"),
  ]

  @Test("a read names one record exactly, in one way", arguments: ways.indices)
  func exact(_ index: Int) throws {
    let (params, pointer) = Self.ways[index]
    let fixture = try Fixture()
    _ = try fixture.enter()
    let error = #expect(throws: RPCError.self) { try fixture.call("get", params) }
    #expect(error?.kind == .invalidParams && error?.pointer == pointer, "\(error as Any)")
  }

  @Test(
    "by ID number a record is found in its own category, by those who may reach it, and else nobody is there")
  func byNumber() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let number: JSONObject = ["id_number": .string(Fixture.number), "category": "community_corrections"]
    #expect(try fixture.call("get", number)["id"] == .string(id))
    #expect(try fixture.call("get", number, as: Fixture.desk)["id"] == .string(id))
    let otherCategory: JSONObject = [
      "id_number": .string(Fixture.number), "category": "bail_pending_trial",
    ]
    let otherPerson: JSONObject = [
      "id_number": .string(Fixture.otherNumber), "category": "community_corrections",
    ]
    var errors: [RPCError] = []
    for (params, officer) in [
      (number, Fixture.other), (otherCategory, Fixture.wang), (otherPerson, Fixture.wang),
    ] {
      errors.append(try #require(throws: RPCError.self) { try fixture.call("get", params, as: officer) })
    }
    // Out of reach, another category, nobody: one and the same answer.
    #expect(Set(errors.map(\.message.en)).count == 1)
    #expect(errors.allSatisfy { $0.kind == .notFound && $0.pointer == "/id_number" })
  }

  @Test("two instruments of one category: the number of one has to be named")
  func ambiguous() throws {
    let fixture = try Fixture()
    let bound: JSONObject = ["part": "bound", "purpose": "uphold_order"]
    let first = try fixture.enter(.protectionOrder, bound)
    var more = bound
    more["instrument"] = ["authority": "Court", "number": "(2026) 0102-32", "date": "2026-02-20"]
    let second = try fixture.enter(.protectionOrder, more)
    var params: JSONObject = ["id_number": .string(Fixture.number), "category": "protection_order"]
    let error = #expect(throws: RPCError.self) { try fixture.call("get", params) }
    #expect(error?.rule == "keyperson.read.lookup" && error?.pointer == "/instrument")
    params["instrument"] = "(2026) 0102-32"
    #expect(try fixture.call("get", params)["id"] == .string(second))
    for number in ["(2026) 0102-31", "（2026）0102-31"] {
      params["instrument"] = .string(number)
      #expect(try fixture.call("get", params)["id"] == .string(first))
    }
    params["instrument"] = "(2026) 0102"
    #expect(throws: RPCError.self) { try fixture.call("get", params) }
  }

  @Test("by id, who may not reach it is denied, and what is not there is not found")
  func scope() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let denied = #expect(throws: RPCError.self) { try fixture.get(id, as: Fixture.other) }
    #expect(denied?.kind == .denied)
    let unknown = #expect(throws: RPCError.self) { try fixture.get("no-such") }
    #expect(unknown?.kind == .notFound && unknown?.pointer == "/id")
    #expect(try fixture.get(id, as: Fixture.desk)["id"] == .string(id))
  }

  @Test("a read is counted with its task, or without one")
  func counted() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let task = try DutyTests.add(fixture, id)["task"] ?? .null
    _ = try fixture.get(id)
    _ = try fixture.get(id, ["task": task])
    _ = try fixture.call("get", ["task": task])
    try fixture.call("extract", ["id": .string(id)], purpose: "subject_request")
    let readings = fixture.rows("tally").filter { $0.body["what"] == "reading" }.map { $0.body["code"] }
    #expect(readings == ["unlinked", "linked", "linked", "extract"])
    for row in fixture.rows("tally") { #expect(!JSONValue.object(row.body).encodedString.contains(id)) }
  }

  @Test("a task that is another record's, is done, or is far off, is no reason to read")
  func wrongTask() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let other = try fixture.enter(.bailPendingTrial)
    let foreign = try DutyTests.add(fixture, other)["task"] ?? .null
    let far =
      try DutyTests.add(fixture, id, "report_in", first: "2026-04-02T09:00:00.001+08:00")["task"] ?? .null
    let near =
      try DutyTests.add(fixture, id, "report_in", first: "2026-04-02T09:00:00+08:00")["task"] ?? .null
    let done = try DutyTests.add(fixture, id)["task"] ?? .null
    try fixture.call("duty.record", ["task": done])
    _ = try fixture.get(id, ["task": near])
    for task in [foreign, far, done] {
      let error = #expect(throws: RPCError.self) { try fixture.get(id, ["task": task]) }
      #expect(error?.rule == "keyperson.read.task" && error?.pointer == "/task")
    }
    let unknown = #expect(throws: RPCError.self) { try fixture.get(id, ["task": "no"]) }
    #expect(unknown?.kind == .notFound && unknown?.pointer == "/task")
  }

  @Test("who follows up a missed duty reads with its task, until it is followed up or was due too long ago")
  func missedTask() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let recorded = try DutyTests.add(fixture, id)["task"] ?? .null
    let excused = try DutyTests.add(fixture, id)["task"] ?? .null
    let forgotten = try DutyTests.add(fixture, id)["task"] ?? .null
    try fixture.advance("2026-03-10T10:00:00+08:00")
    for task in [recorded, excused, forgotten] { _ = try fixture.get(id, ["task": task]) }
    try fixture.call("duty.record", ["task": recorded])
    try fixture.call("duty.excuse", ["task": excused, "excuse": "leave_granted"])
    func refused(_ task: JSONValue) {
      let error = #expect(throws: RPCError.self) { try fixture.get(id, ["task": task]) }
      #expect(error?.rule == "keyperson.read.task" && error?.pointer == "/task")
    }
    refused(recorded)
    refused(excused)
    // The record itself is reviewed meanwhile.
    try fixture.advance("2026-03-25T09:00:00+08:00")
    try fixture.review(id, next: "2026-05-20")
    try fixture.advance("2026-04-09T10:00:00+08:00")
    _ = try fixture.get(id, ["task": forgotten])
    try fixture.advance("2026-04-09T10:00:00.001+08:00")
    refused(forgotten)
    let readings = fixture.rows("tally").filter { $0.body["what"] == "reading" }.map { $0.body["code"] }
    #expect(readings == ["linked", "linked", "linked", "linked"])
  }

  @Test("each step on the way has a task that its reads can be linked to")
  func linkable() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    #expect(
      try fixture.call("get", ["task": .string(fixture.tasks(id, .verify).first ?? "")])["id"] == .string(id))
    let approval = try fixture.verify(id)
    let task = fixture.tasks(id, .approve).first ?? ""
    #expect(try fixture.call("get", ["task": .string(task)], as: Fixture.zhao)["name"] == "王小明")
    try fixture.approve(approval)
    try fixture.call("activate", ["id": .string(id)])
    #expect(fixture.tasks(id, .approve).isEmpty)
    try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"])
    let search = fixture.tasks(id, .contact).first ?? ""
    #expect(try fixture.call("get", ["task": .string(search)], as: Fixture.desk)["contact"] == "lost")
  }

  @Test("the two sides of an order know of each other by it alone, and only while it holds for both")
  func counterpart() throws {
    let fixture = try Fixture()
    let protected = try fixture.enter(.protectionOrder)
    #expect(try fixture.get(protected)["counterpart"] == nil)
    let bound: JSONObject = [
      "part": "bound", "purpose": "uphold_order", "name": "李某", "id_number": .string(Fixture.otherNumber),
    ]
    let other = try fixture.enter(.protectionOrder, bound)
    // The same number of another authority is another order; the same person elsewhere is no side of it.
    var foreign = bound
    foreign["instrument"] = ["authority": "Another court", "number": "(2026) 0102-31", "date": "2026-02-20"]
    _ = try fixture.enter(.protectionOrder, foreign)
    _ = try fixture.enter(.bailPendingTrial, ["id_number": .string(Fixture.otherNumber)])
    #expect(try fixture.get(protected)["counterpart"] == .string(other))
    #expect(try fixture.get(other)["counterpart"] == .string(protected))
    // It is an id: reading the other is a read of its own.
    #expect(try fixture.get(other)["name"] == "李某")
    #expect(!(try fixture.get(protected).encodedString.contains("李某")))
    _ = try fixture.delist(protected, "consent_withdrawn")
    #expect(try fixture.get(other)["counterpart"] == nil)
    for (_, body) in fixture.rows("record") {
      #expect(!JSONValue.object(body).encodedString.contains(protected))
    }
  }

  @Test("a bound person's record at another station is no business of this one's")
  func counterpartElsewhere() throws {
    let fixture = try Fixture()
    let protected = try fixture.enter(.protectionOrder)
    let bound: JSONObject = [
      "part": "bound", "purpose": "uphold_order", "name": "李某", "id_number": .string(Fixture.otherNumber),
      "station": "st-02",
    ]
    let proposal = Fixture.proposal(.protectionOrder, bound)
    let id = try fixture.call("propose", proposal, as: Fixture.other)["id"]?.stringValue ?? ""
    let approval = try fixture.call(
      "verify_instrument", ["id": .string(id), "seen": "original"], as: .of("st-02", uid: 2202))["approval"]
    try fixture.approve(approval?.stringValue ?? "", as: .of("st-02", uid: 2203))
    try fixture.call("activate", ["id": .string(id)], as: Fixture.other)
    #expect(try fixture.get(protected)["counterpart"] == nil)
    #expect(try fixture.get(protected, as: Fixture.desk)["counterpart"] == .string(id))
  }
}
