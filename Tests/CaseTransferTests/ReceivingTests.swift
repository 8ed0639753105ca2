import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Receiving")
struct ReceivingTests {
  @Test("the receiving unit owns the case from this instant, and owes a screening")
  func receives() throws {
    let fixture = try Fixture()
    let answer = try fixture.store.call(
      "transfer.receive",
      ["unit": "st-02", "kind": "administrative", "summary": "A bicycle was taken"], as: Fixture.station)
    #expect(answer["id"] == "CT-2026-000001" && answer["version"] == 1)
    #expect(answer["owner"] == "st-02" && answer["origin"] == "st-02" && answer["state"] == "received")
    #expect(answer["next_duty"] == "screen" && answer["next_due"] == "2026-03-03T09:00:00.000+08:00")
    #expect(answer["received_at"] == "2026-03-02T09:00:00.000+08:00")
    #expect(try fixture.receive() == "CT-2026-000002")
  }

  @Test("a refused receipt gives its number back")
  func numbers() throws {
    let fixture = try Fixture()
    expectError(.notFound, "/unit") { _ = try fixture.receive(unit: "st-99") }
    expectRefused("transfer.unit", "/unit") { _ = try fixture.receive(unit: "zone-1") }
    expectRefused("transfer.unit", "/unit") { _ = try fixture.receive(unit: "st-02.cases") }
    #expect(try fixture.receive() == "CT-2026-000001")
    #expect(fixture.records("ownership").count == 1)
  }

  @Test("unclear whether it is a crime: by the administrative procedure first, and marked so")
  func unclear() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("unclear")
    let header = try fixture.screen(id)
    #expect(header["kind"] == "administrative" && header["unclear"] == true)
    #expect(try fixture.body(id).duty(.transfer)?.rule.id == "transfer.administrative.limit")
    let crime = try fixture.call("reclassify", id)
    #expect(crime["kind"] == "criminal" && crime["unclear"] == false)
  }

  @Test("a unit enters cases for itself only")
  func scope() throws {
    let fixture = try Fixture()
    expectError(.denied) { _ = try fixture.receive(unit: "st-03", as: Fixture.station) }
  }

  static let facts: [(age: Int?, sex: String?, victim: Bool?, urgent: Bool)] = [
    (nil, nil, nil, false), (0, nil, nil, true), (13, "male", nil, true), (13, nil, nil, true),
    (14, "male", nil, false), (14, nil, nil, false), (14, "female", nil, true), (17, "female", nil, true),
    (18, "female", nil, false), (17, "male", nil, false), (40, "male", true, true),
    (40, "male", false, false),
    (nil, "female", nil, false), (nil, nil, true, true), (150, nil, nil, false),
  ]

  @Test("a missing child, a missing girl or an apparent victim is urgent, to the year", arguments: facts)
  func urgency(_ age: Int?, _ sex: String?, _ victim: Bool?, _ urgent: Bool) throws {
    var facts: JSONObject = [:]
    facts["missing_age"] = age.map(JSONValue.int)
    facts["missing_sex"] = sex.map(JSONValue.string)
    facts["seems_victim"] = victim.map(JSONValue.bool)
    let fixture = try Fixture()
    let id = try fixture.receive("unclear", facts: facts)
    let item = try fixture.body(id)
    #expect(item.isUrgent == urgent)
    #expect(item.state == (urgent ? .screened : .received))
    #expect(item.receiver == (urgent ? "criminal-brigade" : nil))
    #expect(fixture.events("urgent").count == (urgent ? 1 : 0))
  }

  @Test("an urgent case is owed at once beside the 24 hours, and told to the brigade by an event of its own")
  func urgentDuties() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("unclear", facts: ["missing_age": 9])
    #expect(try fixture.due(id, .urgent) == "2026-03-02T09:30:00.000+08:00")
    #expect(try fixture.due(id, .transfer) == "2026-03-03T09:00:00.000+08:00")
    #expect(fixture.events("urgent").first?["to"]?.arrayValue?.contains("criminal-brigade") == true)
    #expect(fixture.records("step").map { $0["action"] } == ["receive", "screen"])
    #expect(try fixture.body(id).owner == "st-02")
  }

  @Test("the criminal brigade keeps an urgent case that it received itself")
  func brigadeItself() throws {
    let fixture = try Fixture()
    let id = try fixture.receive(unit: "criminal-brigade", facts: ["missing_age": 9])
    #expect(try fixture.body(id).state == .received)
    #expect(try fixture.call("screen", id, ["jurisdiction": "own"])["urgent"] == true)
  }

  static let invalid: [(JSONObject, String)] = [
    (["kind": "civil"], "/kind"), (["summary": ""], "/summary"),
    (["facts": ["missing_age": 151]], "/facts/missing_age"),
    (["facts": ["missing_age": -1]], "/facts/missing_age"), (["facts": ["colour": "red"]], "/facts/colour"),
    (["reporter": ["phone": "138"]], "/reporter/name"), (["persons": [["name": "x"]]], "/persons/0/role"),
    (["persons": .array(Array(repeating: ["role": "witness", "name": "x"], count: 21))], "/persons"),
    (["unknown": 1], "/unknown"),
    (["support_request": "Mr Wang"], "/support_request"),
    (["support_request": "SR-2026-x"], "/support_request"),
    (["summary": .string(String(repeating: "x", count: 2001))], "/summary"),
  ]

  @Test("what does not fit is refused with its pointer", arguments: invalid)
  func schema(_ more: JSONObject, _ pointer: String) throws {
    let fixture = try Fixture()
    expectError(.invalidParams, pointer) { _ = try fixture.receive(more: more) }
  }
}
