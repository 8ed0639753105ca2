import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("The rights of the person concerned")
struct SubjectTests {
  func extract(_ fixture: Fixture, _ id: String, _ more: JSONObject = [:]) throws -> JSONValue {
    var params: JSONObject = ["id": .string(id)]
    for (key, value) in more { params[key] = value }
    return try fixture.call("extract", params, purpose: "subject_request")
  }

  @Test("an extract holds everything that is kept, corrections and past duties too")
  func everything() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.missingVulnerablePerson)
    try fixture.call(
      "correct",
      [
        "id": .string(id), "name": "王晓明", "document": "household register",
        "care_need": [
          "need": "insulin twice a day",
          "document": ["by": "doctor", "reference": "certificate 3", "date": "2026-02-01"],
        ],
      ])
    let shown = try extract(fixture, id)
    #expect(shown["name"] == "王晓明")
    #expect(shown["care_need"]?["need"] == "insulin twice a day")
    #expect(shown["guardian"]?["name"] == "王大明")
    let corrected = try #require(shown["corrected"]?.arrayValue?.first)
    #expect(corrected["before"] == ["name": "王小明"])
    #expect(corrected["after"]?["name"] == "王晓明" && corrected["document"] == "household register")
    #expect(shown["history"]?.arrayValue?.map { $0["kind"] } == ["verify", "approve"])
    // Every personal member that is stored is shown.
    let personal = fixture.body(id)?.keys.filter {
      ["name", "id_number", "phone", "guardian", "instrument", "care_need", "consent"].contains($0)
    }
    for name in personal ?? [] { #expect(shown[name] == fixture.body(id)?[name], "\(name)") }
  }

  @Test("the past is told page by page, each task once, in either order", arguments: ["asc", "desc"])
  func pages(_ order: String) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try DutyTests.add(fixture, id, "report_in", first: "2026-03-09T10:00:00+08:00", ["every_days": 7])
    for _ in 0..<8 {
      try fixture.call("duty.record", ["task": .string(try #require(fixture.tasks(id, .reportIn).first))])
    }
    var seen: [JSONValue] = []
    var cursor: JSONValue?
    repeat {
      var params: JSONObject = ["limit": 3, "order": .string(order)]
      params["cursor"] = cursor
      let page = try extract(fixture, id, params)
      seen += page["history"]?.arrayValue?.compactMap { $0["task"] } ?? []
      cursor = page["next"]
    } while cursor != nil
    #expect(Set(seen).count == seen.count)
    #expect(Set(seen) == Set(fixture.rows("task").map { .string($0.id) }))
  }

  @Test("the extract can be had after the end, until erasure")
  func afterTheEnd() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try fixture.delist(id, "error")
    let shown = try extract(fixture, id)
    #expect(shown["delisting"]?["reason"] == "error")
    #expect(shown["delisting"]?["en"]?.stringValue?.contains("by mistake") == true)
    let number: JSONObject = ["id_number": .string(Fixture.number), "category": "community_corrections"]
    #expect(try fixture.call("extract", number, purpose: "subject_request")["id"] == .string(id))
    #expect(throws: RPCError.self) { try fixture.get(id) }
    try fixture.tell(id)
    try fixture.call("erase", ["id": .string(id)])
    let error = #expect(throws: RPCError.self) { try extract(fixture, id) }
    #expect(error?.rule == "keyperson.erased")
  }

  @Test("the extract can be had while a missed review hides the record from officers")
  func suspended() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-31T00:00:00+08:00")
    #expect(fixture.state(id) == .suspended)
    #expect(try extract(fixture, id)["name"] == "王小明")
    let number: JSONObject = ["id_number": .string(Fixture.number), "category": "community_corrections"]
    #expect(try fixture.call("extract", number, purpose: "subject_request")["id"] == .string(id))
    let error = #expect(throws: RPCError.self) { try fixture.get(id) }
    #expect(error?.rule == "keyperson.review")
  }

  @Test("the extract tells agreements that were taken back, as long as they are kept")
  func withdrawn() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.resettlementSupport)
    let duty = try VisitTests.agree(fixture, id)["duty"] ?? .null
    #expect(try extract(fixture, id)["duties"]?.arrayValue?.first?["ended"] == nil)
    try fixture.call("visit.withdraw", ["duty": duty])
    let shown = try #require(try extract(fixture, id)["duties"]?.arrayValue?.first)
    #expect(shown["duty"] == duty && shown["consent"]?["document"] == "agreement 12")
    #expect(shown["ended"] == "2026-03-02T09:00:00.000+08:00")
    #expect(try fixture.get(id)["duties"] == [])
  }

  @Test("a correction keeps both versions; null takes away what need not be there")
  func both() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    try fixture.call(
      "correct",
      [
        "id": .string(id), "phone": .null, "id_number": .string(Fixture.otherNumber), "document": "ID card",
      ])
    #expect(fixture.body(id)?["phone"] == nil)
    let stored = try #require(fixture.rows("correction").first?.body)
    #expect(
      stored["before"] == ["phone": "138 0000 0000", "id_number": .string(Fixture.number)])
    #expect(stored["after"] == ["id_number": .string(Fixture.otherNumber)])
    #expect(fixture.record(id)?.corrections == 1)
    // Found by the corrected number, and by the old one no more.
    let category: JSONValue = "community_corrections"
    #expect(
      try fixture.call("get", ["id_number": .string(Fixture.otherNumber), "category": category])["id"]
        == .string(id))
    #expect(throws: RPCError.self) {
      try fixture.call("get", ["id_number": .string(Fixture.number), "category": category])
    }
  }

  /// Whether the record has an ID number, what is corrected, and where that is refused.
  static let persons: [(hasNumber: Bool, JSONObject, pointer: String?)] = [
    (true, ["name": "王晓明"], nil), (true, ["id_number": .string(Fixture.otherNumber)], "/id_number"),
    (true, ["id_number": .null], "/id_number"),
    (true, ["name": "赵六", "id_number": .string(Fixture.otherNumber)], "/id_number"),
    (false, ["name": "赵六"], "/name"), (false, ["id_number": .string(Fixture.number)], "/id_number"),
    (false, ["phone": "137 0000 0000"], nil),
  ]

  @Test("once entered, no correction makes a record one of somebody else", arguments: persons.indices)
  func samePerson(_ index: Int) throws {
    let (hasNumber, more, pointer) = Self.persons[index]
    let fixture = try Fixture()
    var proposal = Fixture.proposal(.bailPendingTrial)
    if !hasNumber { proposal["id_number"] = nil }
    let id = try fixture.call("propose", proposal)["id"]?.stringValue ?? ""
    try fixture.approve(try fixture.verify(id))
    try fixture.call("activate", ["id": .string(id)])
    var params: JSONObject = ["id": .string(id), "document": "ID card"]
    for (key, value) in more { params[key] = value }
    guard let pointer else {
      try fixture.call("correct", params)
      return
    }
    let error = #expect(throws: RPCError.self) { try fixture.call("correct", params) }
    #expect(error?.rule == "keyperson.correction" && error?.pointer == pointer)
    // What is left: the wrong record is taken back, and the right one has four eyes of its own.
    _ = try fixture.delist(id, "error")
    let ended = #expect(throws: RPCError.self) { try fixture.call("correct", params) }
    #expect(ended?.rule == "keyperson.correction")
    try fixture.call("propose", proposal)
  }

  static let refusals: [(JSONObject, ErrorKind, rule: String?, pointer: String)] = [
    ([:], .refusedByRule, "keyperson.correction", "/id"),
    (["id_number": .string(Fixture.number)], .refusedByRule, "keyperson.correction", "/id_number"),
    (["name": .null], .invalidParams, nil, "/name"),
    (["id_number": "330106198501010029"], .invalidParams, nil, "/id_number"),
    (["phone": "3301 0619 8501 0100 28"], .invalidParams, nil, "/phone"),
    (["phone": "330106850101002"], .invalidParams, nil, "/phone"),
    (["phone": "330106  850101-002"], .invalidParams, nil, "/phone"),
    (["guardian": ["name": "x", "phone": "330106850101002"]], .invalidParams, nil, "/guardian/phone"),
    (["name": "330106194906150047"], .refusedByRule, "keyperson.text", "/name"),
    (["category": "bail_pending_trial"], .invalidParams, nil, "/category"),
    (["to": "2030-01-01"], .invalidParams, nil, "/to"),
    (["clean_since": "2026-03-01"], .invalidParams, nil, "/clean_since"),
    (["state": "active"], .invalidParams, nil, "/state"),
    (
      ["instrument": ["authority": "x", "number": "1", "date": "2026-01-01"]], .invalidParams, nil,
      "/instrument"
    ),
    (["care_need": ["need": "x"]], .invalidParams, nil, "/care_need/document"),
  ]

  @Test(
    "an ID number, or a name where there is none, is not told from another by a correction",
    arguments: [true, false], [State.active, .suspended, .delisted])
  func noGuess(_ hasNumber: Bool, _ state: State) throws {
    let fixture = try Fixture()
    var proposal = Fixture.proposal(.communityCorrections)
    if !hasNumber { proposal["id_number"] = nil }
    let id = try fixture.call("propose", proposal)["id"]?.stringValue ?? ""
    try fixture.approve(try fixture.verify(id))
    try fixture.call("activate", ["id": .string(id)])
    if state == .suspended { try fixture.advance("2026-03-31T00:00:00+08:00") }
    if state == .delisted { _ = try fixture.delist(id) }
    #expect(fixture.state(id) == state)
    let member = hasNumber ? "id_number" : "name"
    let values: [JSONValue] =
      hasNumber ? [.string(Fixture.number), .string(Fixture.otherNumber)] : ["王小明", "赵六"]
    for value in values {
      let error = #expect(throws: RPCError.self) {
        try fixture.call("correct", ["id": .string(id), member: value, "document": "letter"])
      }
      #expect(error?.kind == .refusedByRule && error?.rule == "keyperson.correction")
      #expect(error?.pointer == "/\(member)" && error?.message.en.contains("somebody else") == true)
    }
    #expect(fixture.rows("correction").isEmpty)
  }

  @Test("what is the same as before is taken like what is not, and kept as a correction of nothing")
  func sameAsBefore() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let same: [JSONObject] = [["name": "王小明"], ["phone": "138 0000 0000"], ["guardian": .null]]
    for more in same {
      var params: JSONObject = ["id": .string(id), "document": "letter"]
      for (key, value) in more { params[key] = value }
      try fixture.call("correct", params)
    }
    let stored = fixture.rows("correction").map(\.body)
    #expect(stored.count == 3 && stored.allSatisfy { $0["before"] == [:] && $0["after"] == [:] })
    #expect(fixture.record(id)?.corrections == 3)
  }

  @Test("a correction is of something personal, and nothing of the instrument", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (more, kind, rule, pointer) = Self.refusals[index]
    let fixture = try Fixture()
    let id = try fixture.enter()
    var params: JSONObject = ["id": .string(id), "document": "letter"]
    for (key, value) in more { params[key] = value }
    let error = #expect(throws: RPCError.self) { try fixture.call("correct", params) }
    #expect(error?.kind == kind && error?.rule == rule && error?.pointer == pointer, "\(error as Any)")
    #expect(fixture.rows("correction").isEmpty)
  }
}
