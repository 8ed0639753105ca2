import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("Opening")
struct OpeningTests {
  @Test("numbers are gapless through the year and through refusals, and start anew with the local year")
  func numbers() throws {
    let fixture = try Fixture(now: Instant(rfc3339: "2026-12-31T23:59:00+08:00") ?? .earliest)
    #expect(try fixture.open() == "SR-2026-000001")
    #expect(throws: RPCError.self) {
      try fixture.open(2, facts: ["officers_available": 1, "persons_involved": 0])
    }
    #expect(try fixture.open() == "SR-2026-000002")
    try fixture.minutes(1)
    #expect(try fixture.open() == "SR-2027-000001")
  }

  @Test("all 22 scenarios open without more than the four members that are required", arguments: 1...22)
  func plain(_ scenario: Int) throws {
    let fixture = try Fixture()
    let shown = try fixture.get(try fixture.open(scenario))
    #expect(shown["state"] == "submitted")
    #expect(shown["scenario"] == .int(scenario))
    #expect(fixture.events("opened").first?["to"]?.arrayValue?.contains("coordination-desk") == true)
  }

  @Test("only an active police station opens, and only for itself")
  func station() throws {
    let fixture = try Fixture()
    for (unit, kind) in [
      ("st-99", ErrorKind.notFound), ("logistics", .refusedByRule), ("st-02.cases", .refusedByRule),
    ] {
      let error = #expect(throws: RPCError.self) { try fixture.open(station: unit) }
      #expect(error?.kind == kind)
      #expect(error?.pointer == "/station")
    }
    try fixture.open(station: "st-03", as: .of("st-03"))
    let error = #expect(throws: RPCError.self) { try fixture.open(station: "st-03", as: .of("st-04")) }
    #expect(error?.kind == .denied)
  }

  @Test("the branch with jurisdiction leads, joins or is refused, as the scenario says")
  func branch() throws {
    let fixture = try Fixture()
    func department(_ scenario: Int, _ branch: String) throws -> JSONValue? {
      try fixture.get(try fixture.open(scenario, more: ["branch": .string(branch)]))["department"]
    }
    #expect(try department(12, "cyber-brigade") == "cyber-brigade")
    #expect(try department(9, "legal-department") == "legal-department")
    #expect(try department(14, "criminal-brigade") == "legal-department")
    #expect(fixture.events("opened").last?["to"]?.arrayValue?.contains("criminal-brigade") == true)
    for (scenario, branch) in [(12, "logistics"), (9, "st-01"), (1, "logistics")] {
      let error = #expect(throws: RPCError.self) { try department(scenario, branch) }
      #expect(error?.rule == "support.branch.jurisdiction")
    }
  }

  @Test("an immediate request is told to the command centre and the owner at once")
  func immediate() throws {
    let fixture = try Fixture()
    try fixture.open(8, urgency: "immediate")
    #expect(
      fixture.events("immediate").first?["to"]
        == ["command-centre", "public-security-brigade", "coordination-desk"])
    let id = try fixture.open(8)
    try fixture.step("change_urgency", id, ["urgency": "immediate"])
    #expect(fixture.events("immediate").count == 2)
    try fixture.step("redirect", id)
    #expect(
      fixture.events("immediate").last?["to"]
        == ["command-centre", "logistics", "public-security-brigade", "coordination-desk"])
  }

  @Test("no event and no header holds personal data")
  func personal() throws {
    let fixture = try Fixture()
    let more: JSONObject = [
      "summary": "Zhang San is missing", "place": "Zhang's house",
      "contact": ["name": "Zhang", "phone": "13800000000"],
      "reason": "Zhang is old",
    ]
    let id = try fixture.open(4, facts: ["missing_age": 3], more: more)
    for action in ["acknowledge", "request_info", "provide_info", "redirect"] {
      let result = try fixture.step(action, id, action == "provide_info" ? ["text": "Zhang wore red"] : [:])
      #expect(!result.encodedString.contains("Zhang"))
    }
    #expect(
      !fixture.store.contents.events.contains { JSONValue.object($0.payload).encodedString.contains("Zhang") }
    )
    let list = try fixture.store.call("support.list", [:])
    #expect(!list.encodedString.contains("Zhang") && !list.encodedString.contains("138"))
    #expect(try fixture.get(id)["contact"]?["name"] == "Zhang")
  }
}
