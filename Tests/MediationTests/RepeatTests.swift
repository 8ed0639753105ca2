import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Repeats")
struct RepeatTests {
  static func person(_ role: String, _ name: String, id: String? = nil, phone: String? = nil) -> JSONValue {
    var person: JSONObject = ["role": .string(role), "name": .string(name)]
    person["id_number"] = id.map(JSONValue.string)
    person["phone"] = phone.map(JSONValue.string)
    return .object(person)
  }

  static let zhang = person("injured", "Zhang San", id: "110101199003070011", phone: "13911111111")
  static let wang = person("offender", "Wang Wu", phone: "13800000000")

  /// What a second registration says, and whether it is the same dispute as one of Zhang and Wang over a wall.
  static let cases: [(parties: [JSONValue], more: JSONObject, isSame: Bool)] = [
    ([zhang, wang], [:], true), ([wang, zhang], [:], true),
    // The parts may be the other way round; who called and from where does not matter.
    (
      [
        person("offender", "Zhang San", id: "110101199003070011"),
        person("injured", "Wang Wu", phone: "138 0000 0000"),
      ], ["station": "st-05"], true
    ),
    // Lacking the ID number, by name and phone.
    ([person("injured", "zhang  san", phone: "+86 139-1111-1111"), wang], [:], true),
    ([zhang, wang], ["matter": "Boundaryｗａｌｌ"], true),
    ([zhang, person("offender", "ＷａｎｇWu", phone: "１３８-0000-0000")], [:], true),
    ([zhang, person("offender", "Wang Wu", phone: "１３９00000000")], [:], false),
    ([zhang, wang], ["matter": "  Boundary   WALL "], true), ([zhang, wang], ["matter": "a loan"], false),
    ([zhang, wang], ["kind": "debt"], false), ([zhang], [:], false),
    ([zhang, wang, person("other", "Sun Liu", phone: "13700000000")], [:], false),
    ([zhang, person("offender", "Wang Wu", phone: "13800000001")], [:], false),
    ([person("injured", "Zhang San", id: "110101198512120043", phone: "13911111111"), wang], [:], false),
    ([zhang, person("offender", "Wang Wu")], [:], false),
  ]

  @Test("the same parties and the same matter are the same dispute", arguments: cases.indices)
  func same(_ index: Int) throws {
    let (parties, more, isSame) = Self.cases[index]
    let fixture = try Fixture()
    try fixture.register(["parties": [Self.zhang, Self.wang]])
    let second = try fixture.register((["parties": .array(parties)] as JSONObject).merging(more))
    #expect(second["folded"] == .bool(isSame))
    #expect(second["id"] == (isSame ? "MD-2026-000001" : "MD-2026-000002"))
    #expect(second["calls"] == (isSame ? 2 : 1))
    #expect(fixture.store.contents.rows["mediation.dispute"]?.count == (isSame ? 1 : 2))
  }

  @Test("a dispute that is open has one owner: another call is one of it, with all that was said")
  func folded() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    let other = Principal.of("st-05", uid: 5)
    let header = try fixture.register(
      ["station": "st-05", "summary": "They shout again", "place": "The yard", "violence_risk": true],
      as: other)
    #expect(header["owner"] == "st-02" && header["state"] == "consent" && header["violence_risk"] == true)
    let calls = try fixture.get(id)["calls_about_it"]?.arrayValue ?? []
    #expect(calls.count == 2)
    #expect(calls.first?["summary"] == "They shout again" && calls.first?["unit"] == "st-05")
    #expect(calls.first?["said"]?.arrayValue?.first?["name"] == "Zhang San")
    #expect(fixture.events("changed").last?["to"] == ["st-02", "st-05", "coordination-desk"])
    // The number of a dispute that never came to be is not lost.
    #expect(try fixture.register(["matter": "a loan"])["id"] == "MD-2026-000002")
  }

  @Test("one call too many is refused with what names the dispute")
  func tooMany() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.rewrite("dispute", id) { $0["calls"] = .int(Bounds.calls) }
    let calls: [(pointer: String, call: () throws -> JSONValue)] = [
      ("/id", { try fixture.step("call.record", id) }), ("/matter", { try fixture.register() }),
      ("/repeat_of", { try fixture.register(["matter": "a loan", "repeat_of": .string(id)]) }),
    ]
    for (pointer, call) in calls {
      let error = #expect(throws: RPCError.self) { try call() }
      #expect(error?.rule == "mediation.bounds" && error?.pointer == pointer)
    }
  }

  @Test("after the end it is a new dispute of the same thread")
  func thread() throws {
    let fixture = try Fixture()
    let first = try fixture.at(.closed)
    let second = try fixture.register()
    #expect(second["folded"] == false && second["is_repeat"] == true && second["thread"] == .string(first))
    #expect(try fixture.register()["id"] == second["id"])
    let repeats = try fixture.store.call("mediation.repeats", [:])["items"]?.arrayValue ?? []
    #expect(repeats.count == 1)
    #expect(repeats.first?["calls"] == 3 && repeats.first?["thread"] == .string(first))
    #expect(repeats.first?["disputes"] == [second["id"] ?? .null, .string(first)])
  }

  /// By which step it comes to light that two open disputes are the same, and in which of the two.
  static let laterSteps: [(method: String, isOlder: Bool)] = [
    ("party.update", false), ("correct", false), ("party.update", true), ("correct", true),
  ]

  @Test(
    "what becomes known later makes two open disputes one thread, and each keeps its owner",
    arguments: laterSteps)
  func later(_ method: String, _ isOlder: Bool) throws {
    let fixture = try Fixture()
    let known: JSONValue = [Self.zhang, Self.person("offender", "Wang Wu", id: "110101198512120043")]
    let unknown: JSONValue = [Self.person("injured", "Zhang San"), Self.person("offender", "Wang Wu")]
    let first = try fixture.at(.registered, ["parties": isOlder ? unknown : known])
    try fixture.hours(1)
    let second = try fixture.at(.registered, ["station": "st-03", "parties": isOlder ? known : unknown])
    let (id, other) = isOlder ? (first, second) : (second, first)
    var answer = JSONValue.null
    for (person, number) in [("p1", "110101199003070011"), ("p2", "110101198512120043")] {
      #expect(answer["similar"] == nil)
      var said: JSONObject = ["person": .string("\(id).\(person)"), "id_number": .string(number)]
      if method == "correct" { said["document"] = "ID card" }
      answer = try fixture.step(method, id, said)
    }
    #expect(answer["similar"] == [.string(other)])
    #expect(fixture.dispute(first)?.thread == first && fixture.dispute(second)?.thread == first)
    #expect(fixture.dispute(first)?.owner == "st-02" && fixture.dispute(second)?.owner == "st-03")
    let told = fixture.events("changed").last?["to"]?.arrayValue ?? []
    #expect(told.contains("st-02") && told.contains("st-03"))
    // Whoever calls next, calls about the older; the calls are those of one thread.
    #expect(try fixture.register(["station": "st-05", "parties": known])["id"] == .string(first))
    let repeats = try fixture.store.call("mediation.repeats", [:])["items"]?.arrayValue ?? []
    #expect(repeats.map { $0["calls"] } == [3] && repeats.first?["thread"] == .string(first))
    let figures = try fixture.store.call("mediation.figures", [:])["total"]?["repeats"]
    #expect(figures?["numerator"] == 2 && figures?["denominator"] == 1)
  }

  @Test("a party that joins later can make it a repeat; over something else it is only told")
  func joins() throws {
    let fixture = try Fixture()
    let parties: JSONValue = [Self.zhang, Self.wang]
    let ended = try fixture.at(.withdrawn, ["parties": parties])
    let same = try fixture.at(.registered, ["parties": [Self.zhang]])
    let loan = try fixture.at(.registered, ["parties": [Self.zhang], "matter": "a loan"])
    let wang = Self.wang.objectValue ?? [:]
    #expect(try fixture.step("party.add", same, wang)["thread"] == .string(ended))
    let other = try fixture.step("party.add", loan, wang)
    #expect(other["thread"] == .string(loan) && other["similar"] == [.string(same), .string(ended)])
  }

  @Test("disputes of the same people over something else are told, not joined")
  func similar() throws {
    let fixture = try Fixture()
    let first = try fixture.at(.registered)
    let second = try fixture.register(["matter": "a loan", "kind": "debt"])
    #expect(second["similar"] == [.string(first)] && second["is_repeat"] == false)
  }

  @Test("a caller can say that it is a repeat, where the parties are the same")
  func named() throws {
    let fixture = try Fixture()
    let first = try fixture.at(.closed)
    let second = try fixture.register(["matter": "the wall of the yard", "repeat_of": .string(first)])
    #expect(second["thread"] == .string(first))
    // Named by the one that is closed, it is a call of the one that is open.
    let third = try fixture.register(["matter": "wall", "repeat_of": .string(first)])
    #expect(third["id"] == second["id"] && third["folded"] == true)
    let others: JSONValue = [Self.person("injured", "Zhao", phone: "13600000000"), Self.wang]
    let error = #expect(throws: RPCError.self) {
      try fixture.register(["parties": others, "repeat_of": .string(first)])
    }
    #expect(error?.rule == "mediation.repeat" && error?.pointer == "/repeat_of")
    let unknown = #expect(throws: RPCError.self) { try fixture.register(["repeat_of": "MD-2026-000999"]) }
    #expect(unknown?.kind == .notFound && unknown?.pointer == "/repeat_of")
  }

  @Test("calls are counted by dispute: nothing says who called")
  func noCaller() throws {
    let module = try Mediation.module(configuration: Fixture.rulesValue)
    let members =
      module.collections.first { $0.name == "call" }?.schema["properties"]?.objectValue?.keys ?? []
    #expect(!members.isEmpty && !members.contains { $0.contains("caller") || $0.contains("phone") })
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    for unit in ["st-02", "st-03", "st-02"] {
      try fixture.step("call.record", id, ["unit": .string(unit)], as: .of(unit))
    }
    #expect(fixture.dispute(id)?.calls == 4)
    let foreign = #expect(throws: RPCError.self) {
      try fixture.step("call.record", id, ["unit": "st-03"], as: .of("st-02"))
    }
    #expect(foreign?.kind == .denied)
  }

  @Test("repeats come a page at a time, the most called first")
  func pages() throws {
    let fixture = try Fixture()
    for (number, calls) in [2, 4, 1, 3, 4].enumerated() {
      let id = try fixture.register(["matter": .string("matter \(number)")])["id"]?.stringValue ?? ""
      for _ in 1..<calls { try fixture.step("call.record", id) }
    }
    func walk(_ order: String) throws -> [JSONValue?] {
      var params: JSONObject = ["limit": 1, "order": .string(order)]
      var threads: [JSONValue?] = []
      repeat {
        let page = try fixture.store.call("mediation.repeats", params)
        threads += (page["items"]?.arrayValue ?? []).map { $0["thread"] }
        params["cursor"] = page["next"]
      } while params["cursor"] != nil
      return threads
    }
    let down: [JSONValue?] = ["MD-2026-000005", "MD-2026-000002", "MD-2026-000004", "MD-2026-000001"]
    #expect(try walk("desc") == down)
    #expect(try walk("asc") == down.reversed())
    #expect(
      try fixture.store.call("mediation.repeats", ["at_least": 4])["items"]?.arrayValue?.count == 2)
    for cursor in ["x", "0:MD-1", "3:XX", ":MD-2026-000001"] {
      let error = #expect(throws: RPCError.self) {
        try fixture.store.call("mediation.repeats", ["cursor": .string(cursor)])
      }
      #expect(error?.pointer == "/cursor")
    }
  }

  @Test("a person is found by the exact number, or by name and phone, and within the caller's scope")
  func find() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    try fixture.register(["station": "st-05", "matter": "a loan"])
    func found(_ params: JSONObject, as principal: Principal = .all) throws -> Int {
      try fixture.store.call("mediation.find", params, as: principal)["items"]?.arrayValue?.count ?? -1
    }
    #expect(try found(["id_number": "110101199003070011"]) == 2)
    #expect(try found(["id_number": "110101199003070011"], as: .of("st-02")) == 1)
    #expect(try found(["id_number": "110101199003070011"], as: .of("st-09")) == 0)
    #expect(try found(["name": "WANG Wu", "phone": "13800000000"]) == 2)
    #expect(try found(["name": "Wang W", "phone": "13800000000"]) == 0)
    #expect(try found(["id_number": "110101198512120043"]) == 0)
    for params: JSONObject in [[:], ["name": "Wang Wu"], ["phone": "13800000000"]] {
      let error = #expect(throws: RPCError.self) { try found(params) }
      #expect(error?.kind == .invalidParams && error?.pointer == "/id_number")
    }
    #expect(fixture.dispute(id) != nil)
  }

  @Test("only an active police station takes a dispute, and only for itself")
  func station() throws {
    let fixture = try Fixture()
    for (unit, kind) in [("st-99", ErrorKind.notFound), ("logistics", .refusedByRule)] {
      let error = #expect(throws: RPCError.self) { try fixture.register(["station": .string(unit)]) }
      #expect(error?.kind == kind && error?.pointer == "/station")
    }
    let error = #expect(throws: RPCError.self) { try fixture.register(as: .of("st-03")) }
    #expect(error?.kind == .denied)
  }
}
