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

  private static func requests(_ fixture: Fixture) -> [JSONObject] {
    (fixture.store.contents.rows["support.request"] ?? [:]).values.map(\.record.body)
  }

  @Test("the owner's officer records it as well, and the daemon asks in the station's name, once")
  func byOwner() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let answer = try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"], as: Fixture.desk)
    #expect(answer["support"] == nil && answer["task"]?.stringValue == fixture.tasks(id, .contact).first)
    #expect(Self.requests(fixture).isEmpty)
    for _ in 0..<2 {
      try fixture.store.advance(to: fixture.store.now)
      #expect(Self.requests(fixture).map { $0["urgency"] } == ["urgent"])
      #expect(fixture.events("contact_lost").count == 1)
    }
    let support = try #require(try fixture.get(id)["support"])
    #expect(fixture.events("contact_lost").first?["support"] == support)
  }

  @Test("who was found before the daemon asked is not sought")
  func foundAtOnce() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"], as: Fixture.desk)
    try fixture.call("contact.found", ["id": .string(id), "outcome": "found_well"], as: Fixture.desk)
    try fixture.store.advance(to: fixture.store.now)
    #expect(Self.requests(fixture).isEmpty && fixture.events("contact_lost").isEmpty)
  }

  /// Units that are no more, who is asked, and the rule by which support refuses.
  static let retired: [([String], department: JSONValue?, refusedBy: JSONValue?)] = [
    ([], "logistics", nil), (["logistics"], "key-person-desk", nil),
    (["logistics", "key-person-desk"], nil, "support.scenario.inactive"),
  ]

  @Test("where the owner is no more the scenario's desk is asked, and the absence stands whoever refuses")
  func refused() throws {
    for (units, department, refusedBy) in Self.retired {
      let fixture = try Fixture()
      let id = try fixture.enter(.communityCorrections, ["owner": "logistics"])
      for unit in units {
        try fixture.store.call("directory.unit.retire", ["id": .string(unit), "version": 1])
      }
      let answer = try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"])
      #expect(Self.requests(fixture).map { $0["department"] } == (department.map { [$0] } ?? []))
      #expect(answer["refused_by"] == refusedBy && (answer["support"] == nil) == (department == nil))
      let event = fixture.events("contact_lost").first
      #expect(event?["refused_by"] == refusedBy && event?["support"] == answer["support"])
      #expect(try fixture.get(id)["contact"] == "lost" && fixture.tasks(id, .contact).count == 1)
      try fixture.call("contact.found", ["id": .string(id), "outcome": "found_well"])
      #expect(fixture.events("contact_found").first?["support"] == answer["support"])
    }
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
