import ModuleTesting
import StationKit
import SupportRequests
import Testing

/// Scenario 19: a secondment waits for the approval of somebody who did not ask for it.
@Suite("Approval")
struct ApprovalTests {
  static let opener = Principal.of("st-02", uid: 3001)
  static let colleague = Principal.of("st-02", uid: 3002)
  static let chief = Principal(uid: 9001, gid: 9001, roles: ["chief"], unit: "bureau", scope: .all)

  /// A request whose information the department waits for.
  static func waiting(_ fixture: Fixture, _ facts: JSONObject = ["secondment": true]) throws -> String {
    let id = try fixture.open(19, facts: facts, as: opener)
    for step in ["acknowledge", "assign", "request_info"] { try fixture.step(step, id, as: chief) }
    return id
  }

  static func refused(_ fixture: Fixture, _ id: String, _ principal: Principal) -> String? {
    #expect(throws: RPCError.self) { try fixture.step("approve", id, as: principal) }?.rule
  }

  @Test("who reopens a request asks for it")
  func reopened() throws {
    let fixture = try Fixture()
    let id = try Self.waiting(fixture)
    try fixture.step("provide_info", id, as: Self.opener)
    for step in ["approve", "start", "complete", "feedback"] { try fixture.step(step, id, as: Self.chief) }
    try fixture.step("reopen", id, as: Self.colleague)
    for asker in [Self.opener, Self.colleague] {
      #expect(Self.refused(fixture, id, asker) == "support.approval.second_person")
    }
    #expect(try fixture.get(id)["asked_by"] == ["uid:3002"])
    try fixture.step("approve", id, as: Self.chief)
  }

  @Test("who states new facts asks for them; a text alone, or the same facts, ask for nothing")
  func facts() throws {
    let fixture = try Fixture()
    let id = try Self.waiting(fixture, ["secondment": false])
    let more: JSONObject = ["facts": ["secondment": true, "officers_requested": 10]]
    try fixture.step("provide_info", id, more, as: Self.colleague)
    #expect(Self.refused(fixture, id, Self.colleague) == "support.approval.second_person")
    let other = try Self.waiting(fixture)
    try fixture.step("provide_info", other, ["facts": ["secondment": true]], as: Self.colleague)
    try fixture.step("approve", other, as: Self.colleague)
  }

  @Test("an approval is of the facts as they were: others drop it, and the start waits anew")
  func dropped() throws {
    let fixture = try Fixture()
    let id = try Self.waiting(fixture, ["officers_requested": 1])
    try fixture.step("approve", id, as: Self.chief)
    try fixture.step("provide_info", id, as: Self.opener)
    #expect(try fixture.get(id)["marks"]?["approved"] == true)
    try fixture.step("request_info", id, as: Self.chief)
    try fixture.step("provide_info", id, ["facts": ["officers_requested": 100]], as: Self.opener)
    #expect(try fixture.get(id)["marks"] == ["needs_approval": true])
    #expect(try fixture.get(id)["approved_by"] == nil)
    let error = #expect(throws: RPCError.self) { try fixture.step("start", id, as: Self.chief) }
    #expect(error?.kind == .approvalRequired)
    try fixture.step("approve", id, as: Self.chief)
    try fixture.step("start", id, as: Self.chief)
  }

  @Test("what needs no approval gets none")
  func idle() throws {
    let fixture = try Fixture()
    for (scenario, facts) in [(19, ["secondment": false]), (1, [:])] as [(Int, JSONObject)] {
      let id = try fixture.open(scenario, facts: facts, as: Self.opener)
      #expect(Self.refused(fixture, id, Self.chief) == "support.approval.not_asked")
    }
  }

  @Test("what waits for an approval that a later catalogue does not ask for can still have it")
  func laterCatalogue() throws {
    let fixture = try Fixture()
    let id = try fixture.open(19, as: Self.opener)
    let later = try Fixture(CatalogueTests.changed(19) { $0["approval"] = nil })
    later.store.contents = fixture.store.contents
    for step in ["acknowledge", "assign"] { try later.step(step, id) }
    let error = #expect(throws: RPCError.self) { try later.step("start", id) }
    #expect(error?.kind == .approvalRequired && error?.rule == "support.approval.second_person")
    try later.step("approve", id, as: Self.chief)
    try later.step("start", id)
  }

  @Test("marks that another version of the scenario set say so in the history")
  func version() throws {
    let fixture = try Fixture()
    let id = try Self.waiting(fixture)
    var root = Fixture.catalogueValue.objectValue ?? [:]
    root["version"] = "2027.1"
    let later = try Fixture(.object(root))
    later.store.contents = fixture.store.contents
    try later.step("provide_info", id, ["facts": ["officers_requested": 2]])
    #expect(try later.get(id)["history"]?.arrayValue?.last?["scenario_version"] == "2027.1")
    #expect(try later.get(id)["cycle"]?["scenario_version"] == "2026.1")
  }
}
