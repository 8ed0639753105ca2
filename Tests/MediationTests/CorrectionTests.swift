import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Corrections")
struct CorrectionTests {
  static let former = "110101199003070011"
  static let other = "110101198512120043"

  @discardableResult
  func correct(
    _ fixture: Fixture, _ id: String, _ person: String, _ more: JSONObject, as principal: Principal = .all
  ) throws -> JSONValue {
    let params: JSONObject = [
      "id": .string(id), "person": .string("\(id).\(person)"), "document": "ID card",
    ]
    return try fixture.store.call("mediation.correct", params.merging(more), as: principal)
  }

  /// A person as `get` shows them.
  func shown(_ fixture: Fixture, _ id: String, _ person: String) throws -> JSONValue {
    let people = try fixture.get(id)["people"]?.arrayValue ?? []
    return try #require(people.first { $0["id"] == .string("\(id).\(person)") })
  }

  func found(_ fixture: Fixture, _ number: String) throws -> Int {
    let params: JSONObject = ["id_number": .string(number)]
    return try fixture.store.call("mediation.find", params)["items"]?.arrayValue?.count ?? -1
  }

  /// Whose members are said to be what, and both versions of those that differ.
  static let cases: [(person: String, said: JSONObject, before: JSONObject, after: JSONObject)] = [
    ("p1", ["name": "Zhang Shan"], ["name": "Zhang San"], ["name": "Zhang Shan"]),
    (
      "p1", ["id_number": .string(other)], ["id_number": .string(former)], ["id_number": .string(other)]
    ),
    ("p1", ["id_number": .null], ["id_number": .string(former)], [:]),
    ("p1", ["address": "12 Willow Lane"], [:], ["address": "12 Willow Lane"]),
    ("p1", ["birth": "1990-03-07"], [:], ["birth": "1990-03-07"]),
    ("p2", ["phone": "13900000000"], ["phone": "138 0000 0000"], ["phone": "13900000000"]),
    ("p2", ["phone": .null, "name": "Wang Wu"], ["phone": "138 0000 0000"], [:]),
    ("p2", ["birth": "1985-07-01"], ["birth": "1985-06-01"], ["birth": "1985-07-01"]),
    (
      "p2", ["birth": .null, "id_number": .string(other)], ["birth": "1985-06-01"],
      ["id_number": .string(other)]
    ),
    (
      "p2", ["birth": "1985-12-12", "id_number": .string(other)], ["birth": "1985-06-01"],
      ["birth": "1985-12-12", "id_number": .string(other)]
    ),
  ]

  @Test("what can be corrected, before the end and after it: both versions stay", arguments: cases.indices)
  func both(_ index: Int) throws {
    let (person, said, before, after) = Self.cases[index]
    let fixture = try Fixture()
    for state in [State.consent, .closed] {
      let id = try fixture.at(state, ["matter": .string(state.rawValue)])
      try correct(fixture, id, person, said)
      let shown = try shown(fixture, id, person)
      let kept: JSONObject = [
        "at": "2026-03-02T09:00:00.000+08:00", "by": "uid:1000", "before": .object(before),
        "after": .object(after), "document": "ID card",
      ]
      #expect(shown["corrections"] == [.object(kept)])
      for (key, value) in after { #expect(shown[key] == value, "\(key)") }
      let line = fixture.dispute(id)?.history.last
      #expect(line?["action"] == "correct" && line?["person"] == .string("\(id).\(person)"))
      #expect(fixture.events("changed").last?["action"] == "correct")
    }
  }

  @Test("what is overwritten otherwise is kept too; what is only added is no correction")
  func update() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let person: JSONObject = ["person": .string("\(id).p2")]
    try fixture.step("party.update", id, person.merging(["address": "12 Willow Lane"]))
    #expect(try shown(fixture, id, "p2")["corrections"] == nil)
    try fixture.step("party.update", id, person.merging(["address": "14 Willow Lane", "authority": "all"]))
    try fixture.step("party.update", id, person.merging(["address": "14 Willow Lane"]))
    let kept = try shown(fixture, id, "p2")["corrections"]?.arrayValue ?? []
    #expect(kept.count == 1 && kept.first?["before"] == ["address": "12 Willow Lane"])
    #expect(kept.first?["after"] == ["address": "14 Willow Lane", "authority": "all"])
    #expect(kept.first?["document"] == nil)
  }

  static let refusals: [(person: String, JSONObject, ErrorKind, rule: String?, pointer: String)] = [
    ("p2", [:], .refusedByRule, "mediation.party.correction", "/person"),
    ("p2", ["phone": "138 0000 0000"], .refusedByRule, "mediation.party.correction", "/person"),
    ("p2", ["address": .null], .refusedByRule, "mediation.party.correction", "/person"),
    ("p1", ["id_number": "110101199003070012"], .refusedByRule, "mediation.party.id_number", "/id_number"),
    ("p1", ["id_number": "11010119900307001"], .invalidParams, nil, "/id_number"),
    ("p2", ["id_number": .string(other)], .refusedByRule, "mediation.party.birth", "/id_number"),
    ("p1", ["birth": "1990-03-08"], .refusedByRule, "mediation.party.birth", "/birth"),
    ("p2", ["birth": "2026-03-03"], .refusedByRule, "mediation.party.birth", "/birth"),
    (
      "p2", ["birth": "1990-03-07", "id_number": .string(former)], .refusedByRule, "mediation.parties",
      "/person"
    ),
    ("p1", ["name": "  "], .invalidParams, nil, "/name"),
    ("p1", ["name": .null], .invalidParams, nil, "/name"),
    ("p1", ["document": ""], .invalidParams, nil, "/document"),
    ("p1", ["document": "  ", "name": "Li Si"], .invalidParams, nil, "/document"),
    ("p1", ["authority": "all"], .invalidParams, nil, "/authority"),
    ("p3", ["name": "Li Si"], .notFound, nil, "/person"),
    ("p1", ["name": "Li Si", "version": 1], .conflict, nil, "/version"),
  ]

  @Test("a correction changes something, under the rules of joining", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (person, more, kind, rule, pointer) = Self.refusals[index]
    let fixture = try Fixture()
    let id = try fixture.at(.closed)
    let before = try fixture.get(id)
    let error = #expect(throws: RPCError.self) { try correct(fixture, id, person, more) }
    #expect(error?.kind == kind && error?.rule == rule && error?.pointer == pointer, "\(error as Any)")
    #expect(try fixture.get(id) == before)
  }

  @Test("it is the owner's to correct")
  func scope() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.closed)
    let name: JSONObject = ["name": "Li Si"]
    let error = #expect(throws: RPCError.self) { try correct(fixture, id, "p1", name, as: .of("st-03")) }
    #expect(error?.kind == .denied)
    try correct(fixture, id, "p1", name, as: .of("st-02"))
  }

  @Test("after the end nothing else changes: neither when it ended, nor how long it is kept")
  func ended() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.closed)
    let before = try #require(fixture.dispute(id)?.body(zone: .shanghai))
    let kept = "mediation.party"
    let end = fixture.store.contents.rows[kept]?["\(id).p1"]?.record["ended_at"]
    #expect(end != nil)
    try fixture.hours(48)
    try correct(fixture, id, "p1", ["name": "Zhang Shan"])
    var after = try #require(fixture.dispute(id)?.body(zone: .shanghai))
    after["history"] = before["history"]
    #expect(after == before)
    #expect(fixture.store.contents.rows[kept]?["\(id).p1"]?.record["ended_at"] == end)
  }

  @Test("a person is corrected so many times and no more, however it is done")
  func bound() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    for number in 1..<Bounds.corrections {
      try correct(fixture, id, "p1", ["name": .string("Zhang \(number)")])
    }
    let update: JSONObject = ["person": .string("\(id).p1"), "name": "Zhang San"]
    try fixture.step("party.update", id, update)
    let error = #expect(throws: RPCError.self) { try correct(fixture, id, "p1", ["name": "one more"]) }
    #expect(error?.rule == "mediation.bounds" && error?.pointer == "/person")
    let more = #expect(throws: RPCError.self) {
      try fixture.step("party.update", id, update.merging(["name": "one more"]))
    }
    #expect(more?.rule == "mediation.bounds")
    #expect(try shown(fixture, id, "p1")["corrections"]?.arrayValue?.count == Bounds.corrections)
    // Nothing is overwritten by what was not known.
    try fixture.step("party.update", id, update.merging(["address": "12 Willow Lane"]))
    try correct(fixture, id, "p2", ["name": "Wang Liu"])
  }

  @Test("who is a minor by a correction needs a guardian from then on")
  func minor() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try correct(fixture, id, "p1", ["id_number": "110101201003030036"])
    let error = #expect(throws: RPCError.self) { try fixture.step("session.record", id) }
    #expect(error?.rule == "mediation.minor.guardian")
  }

  @Test("a person is found, and a repeat known, by the corrected number and no longer by the former one")
  func matching() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.closed)
    try correct(fixture, id, "p1", ["id_number": .string(Self.other)])
    #expect(try found(fixture, Self.former) == 0)
    #expect(try found(fixture, Self.other) == 1)
    let asBefore = try fixture.register()
    #expect(asBefore["is_repeat"] == false && asBefore["similar"] == [])
    let injured: JSONValue = ["role": "injured", "name": "Zhang San", "id_number": .string(Self.other)]
    let again = try fixture.register(["parties": [injured, Fixture.offender]])
    #expect(again["thread"] == .string(id) && again["is_repeat"] == true)
  }

  @Test("both versions are personal data of the person's record, and masked like the rest of it")
  func personal() throws {
    let module = try Mediation.module(configuration: Fixture.rulesValue)
    let party = try #require(module.collections.first { $0.name == "party" })
    #expect(party.personal.contains("/corrections") && party.subject == .member("dispute"))
    let fixture = try Fixture()
    let id = try fixture.at(.closed)
    try correct(
      fixture, id, "p1",
      [
        "name": "Zhang Shan", "id_number": .string(Self.other), "phone": "13911111111",
        "birth": "1985-12-12", "address": "12 Willow Lane",
      ])
    let mask = try #require(try Registry(try Bureau.others() + [module]).methods["mediation.get"]?.mask)
    let masked = try #require(
      mask.apply(to: try fixture.get(id))["people"]?.arrayValue?.first?["corrections"]?.arrayValue?.first)
    #expect(masked["before"] == ["name": "Z********", "id_number": "110101********0011"])
    #expect(
      masked["after"] == [
        "name": "Z*********", "id_number": "110101********0043", "phone": "139****1111", "birth": "***",
        "address": "***",
      ])
    #expect(masked["document"] == "***")
  }
}
