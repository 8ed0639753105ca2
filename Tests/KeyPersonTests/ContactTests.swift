import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Out of contact")
struct ContactTests {
  @Test("opens support scenario 9 towards the instrument's owner, with an id and a code and nothing else")
  func lost() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let answer = try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"])
    let support = try #require(answer["support"]?.stringValue)
    let request = try #require(fixture.store.contents.rows["support.request"]?[support]?.record.body)
    #expect(request["scenario"] == 9 && request["department"] == "key-person-desk")
    #expect(request["branch"] == "key-person-desk" && request["station"] == "st-01")
    #expect(request["urgency"] == "urgent")
    #expect(request["summary"] == .string("keyperson \(id) out_of_contact"))
    for member in ["place", "contact", "facts", "history"] { #expect(request[member] == nil, "\(member)") }
    let text = JSONValue.object(request).encodedString
    for secret in ["王小明", Fixture.number, "138", "0102-31", "community_corrections"] {
      #expect(!text.contains(secret))
    }
    #expect(fixture.events("contact_lost").first?["support"] == .string(support))
    #expect(try fixture.get(id)["contact"] == "lost")
  }

  @Test("where support refuses, nothing has happened")
  func together() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let before = fixture.store.contents
    // The desk may reach the record but cannot ask for support in the station's name.
    let error = #expect(throws: RPCError.self) {
      try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"], as: Fixture.desk)
    }
    #expect(error?.kind == .denied)
    #expect(fixture.store.contents.rows["support.request"]?.count == before.rows["support.request"]?.count)
    #expect(fixture.record(id)?.lost == nil)
  }

  static let outcomes: [(JSONObject, rule: String?)] = [
    (["outcome": "found_well"], nil), (["outcome": "found_needs_help"], nil),
    (["outcome": "handover", "handover_to": "justice_office"], nil),
    (["outcome": "handover"], "keyperson.contact"),
    (["outcome": "found_well", "handover_to": "guardian"], "keyperson.contact"),
  ]

  @Test("ends with found well, found and needs help, or a handover", arguments: outcomes.indices)
  func found(_ index: Int) throws {
    let (params, rule) = Self.outcomes[index]
    let fixture = try Fixture()
    let id = try fixture.enter()
    var call = params
    call["id"] = .string(id)
    let early = #expect(throws: RPCError.self) { try fixture.call("contact.found", call) }
    #expect(early?.kind == .wrongState)
    try fixture.call("contact.lost", ["id": .string(id), "urgency": "routine"])
    let twice = #expect(throws: RPCError.self) {
      try fixture.call("contact.lost", ["id": .string(id), "urgency": "routine"])
    }
    #expect(twice?.kind == .wrongState)
    if let rule {
      let error = #expect(throws: RPCError.self) { try fixture.call("contact.found", call) }
      #expect(error?.rule == rule && error?.pointer == "/handover_to")
    } else {
      try fixture.call("contact.found", call)
      #expect(fixture.record(id)?.lost == nil && fixture.state(id) == .active)
      #expect(fixture.body(id)?["episodes"]?.arrayValue?.first?["outcome"] == params["outcome"])
      #expect(fixture.events("contact_found").count == 1)
      #expect(fixture.tasks(id, .contact).isEmpty)
    }
  }

  @Test(
    "how it ended takes no place, no words and no way",
    arguments: ["place", "text", "route", "by", "seen_at"])
  func noSearch(_ member: String) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.call("contact.lost", ["id": .string(id), "urgency": "routine"])
    let error = #expect(throws: RPCError.self) {
      try fixture.call(
        "contact.found", ["id": .string(id), "outcome": "found_well", member: "railway station"])
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/\(member)")
  }

  @Test("a missing person's record ends when they are found", arguments: ["found_well", "found_needs_help"])
  func missing(_ outcome: String) throws {
    for isLost in [false, true] {
      let fixture = try Fixture()
      let id = try fixture.enter(.missingVulnerablePerson)
      if isLost { try fixture.call("contact.lost", ["id": .string(id), "urgency": "immediate"]) }
      let answer = try fixture.call("contact.found", ["id": .string(id), "outcome": .string(outcome)])
      #expect(answer["state"] == "delisted" && answer["reason"] == "found")
      #expect(throws: RPCError.self) { try fixture.get(id) }
      #expect(fixture.events("delisted").map { $0["reason"] } == ["found"])
    }
  }

  @Test("a handover does not end the record of somebody who is still missing")
  func handedOver() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.missingVulnerablePerson)
    try fixture.call(
      "contact.found", ["id": .string(id), "outcome": "handover", "handover_to": "other_police"])
    #expect(fixture.state(id) == .active)
  }

  @Test("who is found while the review is overdue is found")
  func foundWhileSuspended() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.missingVulnerablePerson)
    try fixture.advance("2026-03-31T00:00:00+08:00")
    #expect(fixture.state(id) == .suspended)
    try fixture.call("contact.found", ["id": .string(id), "outcome": "found_well"])
    #expect(fixture.state(id) == .delisted)
  }

  @Test("a record that ends while somebody is sought tells so, with the support request")
  func endedMeanwhile() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let support = try fixture.call("contact.lost", ["id": .string(id), "urgency": "routine"])["support"]
    _ = try fixture.delist(id, "error")
    #expect(fixture.events("delisted").first?["support"] == support)
    #expect(fixture.events("delisted").first?["to"] == ["st-01", "key-person-desk"])
  }

  @Test("the newest twenty outcomes are kept")
  func bounded() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    for _ in 0..<22 {
      try fixture.call("contact.lost", ["id": .string(id), "urgency": "routine"])
      try fixture.call("contact.found", ["id": .string(id), "outcome": "found_well"])
    }
    #expect(fixture.body(id)?["episodes"]?.arrayValue?.count == 20)
  }
}
