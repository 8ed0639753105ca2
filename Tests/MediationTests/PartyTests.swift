import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Party")
struct PartyTests {
  static func party(
    _ role: Role = .injured, id: String? = nil, phone: String? = nil, born: String? = nil,
    name: String = "Zhang San"
  )
    -> Party
  {
    var party = Party(role: role, name: name)
    party.idNumber = id
    party.phone = phone
    party.statedBirth = born.flatMap { CivilDate($0) }
    return party
  }

  static let ages: [(born: String, day: String, age: Int?)] = [
    ("2008-03-01", "2026-02-28", 17), ("2008-03-01", "2026-03-01", 18), ("2008-03-02", "2026-03-01", 17),
    ("2010-03-02", "2026-03-01", 15), ("2010-03-02", "2026-03-02", 16), ("2008-12-31", "2026-12-30", 17),
    ("2008-02-29", "2026-02-28", 17), ("2008-02-29", "2026-03-01", 18), ("2008-02-29", "2028-02-29", 20),
    ("2026-03-01", "2026-03-01", 0), ("2026-03-02", "2026-03-01", nil),
  ]

  @Test("age in whole years on a day; the birthday completes the year", arguments: ages)
  func age(_ born: String, _ day: String, _ age: Int?) throws {
    #expect(Self.party(born: born).age(on: try #require(CivilDate(day))) == age)
  }

  @Test("the ID number tells the birth date; without one the stated date counts; without either none does")
  func birth() throws {
    let day = try #require(CivilDate("2026-03-01"))
    #expect(Self.party(id: "110101200803010020").age(on: day) == 18)
    #expect(Self.party(id: "110101201003030036").age(on: day) == 15)
    #expect(Self.party().age(on: day) == nil)
  }

  static let pairs: [(left: Party, right: Party, isSame: Bool)] = [
    (party(id: "110101199003070011"), party(id: "110101199003070011", name: "Other"), true),
    (
      party(id: "110101199003070011", phone: "13800000000"),
      party(id: "110101198512120043", phone: "13800000000"), false
    ),
    (party(id: "110101199003070011", phone: "13800000000"), party(phone: "+86 138-0000-0000"), true),
    (party(phone: "13800000000"), party(phone: "13800000000", name: "zhang   SAN "), true),
    (party(phone: "13800000000"), party(phone: "13800000000", name: "Zhang Si"), false),
    (party(phone: "13800000000"), party(phone: "13900000000"), false), (party(), party(), false),
    (party(id: "110101199003070011"), party(), false), (party(phone: "----"), party(phone: "----"), false),
    // Digits and names in whatever width, with whatever dot, with a space or without.
    (party(phone: "13800000000"), party(phone: "１３８００００００００"), true),
    (party(phone: "１３７００００００01"), party(phone: "１３８１２３４５６01"), false),
    (party(phone: "13800000000"), party(phone: "13800000000", name: "Ｚｈａｎｇ　Ｓａｎ"), true),
    (party(phone: "13800000000", name: "马六"), party(phone: "13800000000", name: "马 六"), true),
    (party(phone: "13800000000", name: "买买提·江"), party(phone: "13800000000", name: "买买提•江"), true),
    (party(phone: "13800000000", name: "买买提・江"), party(phone: "13800000000", name: "买买提．江"), true),
    (party(phone: "13800000000", name: "买买提·江"), party(phone: "13800000000", name: "买买提江"), false),
  ]

  @Test("one person: by ID number or, lacking it, by name and phone", arguments: pairs.indices)
  func same(_ index: Int) {
    let pair = Self.pairs[index]
    #expect(pair.left.isSamePerson(as: pair.right) == pair.isSame)
    #expect(pair.right.isSamePerson(as: pair.left) == pair.isSame)
  }

  static let bad: [(member: String, value: JSONValue, rule: String?)] = [
    ("id_number", "110101199003070012", "mediation.party.id_number"),
    ("id_number", "110101199002300011", "mediation.party.id_number"),
    ("id_number", "11010119900307001", nil), ("birth", "1990-03-08", "mediation.party.birth"),
    ("birth", "1990-02-30", nil), ("birth", "2026-03-03", "mediation.party.birth"), ("phone", "1", nil),
    ("phone", "----", nil), ("phone", "１２--", nil),
    ("name", "", nil), ("name", "  ", nil), ("role", "guardian", nil), ("colour", "red", nil),
  ]

  @Test("bad data is refused with its pointer", arguments: bad.indices)
  func refused(_ index: Int) throws {
    let (member, value, rule) = Self.bad[index]
    let fixture = try Fixture()
    var person = Fixture.injured.objectValue ?? [:]
    // With no ID number a birth date in the future is that and nothing else.
    if value == "2026-03-03" { person["id_number"] = nil }
    person[member] = value
    let error = #expect(throws: RPCError.self) {
      try fixture.register(["parties": [Fixture.offender, .object(person)]])
    }
    #expect(error?.pointer == "/parties/1/\(member)")
    #expect(error?.rule == rule)
    if rule == nil { #expect(error?.kind == .invalidParams) }
    #expect(fixture.store.contents.rows["mediation.dispute"] == nil)
  }

  @Test("what becomes known later is added, and what was said stays")
  func update() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let person: JSONValue = .string("\(id).p2")
    try fixture.step("party.update", id, ["person": person, "address": "12 Willow Lane"])
    let shown = try fixture.get(id)["people"]?.arrayValue?.last
    #expect(shown?["address"] == "12 Willow Lane" && shown?["phone"] == "138 0000 0000")
    #expect(shown?["birth"] == "1985-06-01")
    let error = #expect(throws: RPCError.self) {
      try fixture.step("party.update", id, ["person": person, "id_number": "110101198512120043"])
    }
    #expect(error?.rule == "mediation.party.birth" && error?.pointer == "/id_number")
    let blank = #expect(throws: RPCError.self) {
      try fixture.step("party.update", id, ["person": person, "name": "  "])
    }
    #expect(blank?.kind == .invalidParams && blank?.pointer == "/name")
    #expect(try fixture.get(id)["people"]?.arrayValue?.last?["name"] == "Wang Wu")
  }

  /// Members of a guardian, on 2 March 2026, and what is refused of them.
  static let guardians: [(members: JSONObject, pointer: String?)] = [
    ([:], nil), (["birth": "2008-03-02"], nil), (["birth": "2008-03-03"], "/birth"),
    (["birth": "2014-06-01"], "/birth"), (["id_number": "110101198512120043"], nil),
    (["id_number": "110101201003030036"], "/id_number"),
  ]

  @Test(
    "a guardian is of age, as far as it is known, when added and when more becomes known",
    arguments: guardians.indices)
  func guardian(_ index: Int) throws {
    let (members, pointer) = Self.guardians[index]
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let plain: JSONObject = ["role": "guardian", "name": "Li", "for": .string("\(id).p1")]
    guard pointer != nil else {
      try fixture.step("party.add", id, plain.merging(members))
      return
    }
    try fixture.step("party.add", id, plain)
    let update: JSONObject = ["person": .string("\(id).p3")]
    let correct = update.merging(["document": "ID card"])
    for (method, given) in [("party.add", plain), ("party.update", update), ("correct", correct)] {
      let error = #expect(throws: RPCError.self) {
        try fixture.step(method, id, given.merging(members))
      }
      #expect(error?.rule == "mediation.minor.guardian" && error?.pointer == pointer)
    }
  }

  @Test("nobody is a party twice")
  func twice() throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.register(["parties": [Fixture.injured, Fixture.injured]])
    }
    #expect(error?.rule == "mediation.parties" && error?.pointer == "/parties/1")
    let id = try fixture.at(.registered)
    let later = #expect(throws: RPCError.self) {
      try fixture.step("party.add", id, Fixture.injured.objectValue ?? [:])
    }
    #expect(later?.rule == "mediation.parties")
  }

  @Test("a proxy is of age, as far as it is known, when added and when more becomes known")
  func proxy() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let plain: JSONObject = ["role": "proxy", "name": "Li", "for": .string("\(id).p1")]
    let child: JSONObject = ["birth": "2018-01-01"]
    try fixture.step("party.add", id, plain)
    for (method, given) in [("party.add", plain), ("party.update", ["person": .string("\(id).p3")])] {
      let error = #expect(throws: RPCError.self) {
        try fixture.step(method, id, given.merging(child))
      }
      #expect(error?.rule == "mediation.proxy" && error?.pointer == "/birth")
    }
  }

  private static func one(_ name: String, _ more: JSONObject = [:]) -> JSONObject {
    (["name": .string(name)] as JSONObject).merging(more)
  }

  private static let zhang = one("Zhang", ["id_number": "110101199003070011"])
  private static let wang = one("Wang", ["phone": "13800000000"])
  private static let namesake = one("Wang", ["phone": "13900000000"])

  /// The parties and who stands by them, `role person [of]`, in the order in which they join; and by which rule
  /// the last is refused.
  static let places: [(people: [(String, JSONObject)], rule: String?)] = [
    // The offender is nothing on the other side, by name alone too; a namesake with another phone is.
    ([("injured", zhang), ("offender", wang), ("proxy p1", wang)], "mediation.party.sides"),
    ([("injured", zhang), ("offender", wang), ("guardian p1", one(" WANG "))], "mediation.party.sides"),
    ([("injured", zhang), ("offender", wang), ("proxy p1", namesake)], nil),
    ([("injured", zhang), ("offender", wang), ("guardian p2", zhang)], "mediation.party.sides"),
    ([("injured", zhang), ("guardian p1", wang), ("offender", wang)], "mediation.party.sides"),
    ([("injured", zhang), ("proxy p1", zhang)], "mediation.party.sides"),
    // A proxy stands by one side; by several of it only where it is told to be one.
    (
      [("other", zhang), ("other", wang), ("proxy p1", one("Li")), ("proxy p2", one("Li"))],
      "mediation.party.sides"
    ),
    ([("other", zhang), ("other", wang), ("proxy p1", wang)], "mediation.party.sides"),
    ([("injured", zhang), ("injured", wang), ("proxy p1", one("Li")), ("proxy p2", one("Li"))], nil),
    ([("injured", zhang), ("injured", wang), ("proxy p1", wang)], nil),
    // A guardian is of two children of one side, and may be hurt with the child; not of both sides.
    ([("injured", zhang), ("injured", wang), ("guardian p1", one("Li")), ("guardian p2", one("Li"))], nil),
    ([("injured", zhang), ("injured", wang), ("guardian p1", wang)], nil),
    ([("other", zhang), ("other", wang), ("guardian p1", one("Li")), ("guardian p2", one("Li"))], nil),
    (
      [("injured", zhang), ("offender", wang), ("guardian p1", one("Li")), ("guardian p2", one("Li"))],
      "mediation.party.sides"
    ),
    ([("injured", zhang), ("offender", wang), ("other", wang)], "mediation.parties"),
  ]

  @Test("nobody stands on two sides", arguments: places.indices)
  func sides(_ index: Int) throws {
    let (people, rule) = Self.places[index]
    let fixture = try Fixture()
    func joining(_ place: Int, _ id: String = "") -> JSONObject {
      let words = people[place].0.split(separator: " ").map(String.init)
      var person = people[place].1.merging(["role": .string(words[0])])
      if words.count > 1 { person["for"] = .string("\(id).\(words[1])") }
      return person
    }
    let id = try fixture.at(.registered, ["parties": [.object(joining(0))]])
    for place in 1..<people.count - 1 { try fixture.step("party.add", id, joining(place, id)) }
    let last = joining(people.count - 1, id)
    guard let rule else {
      try fixture.step("party.add", id, last)
      return
    }
    let error = #expect(throws: RPCError.self) { try fixture.step("party.add", id, last) }
    #expect(error?.rule == rule && error?.pointer == "/name")
  }

  @Test("who has joined does not come to be on two sides by what is said later")
  func laterSides() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.step("party.add", id, ["role": "proxy", "name": "Li", "for": .string("\(id).p1")])
    for (method, more) in [("party.update", [:]), ("correct", ["document": "ID card"])]
      as [(String, JSONObject)]
    {
      let error = #expect(throws: RPCError.self) {
        try fixture.step(
          method, id,
          more.merging(["person": .string("\(id).p3"), "name": "Wang Wu", "phone": "13800000000"]))
      }
      #expect(error?.rule == "mediation.party.sides" && error?.pointer == "/person")
    }
  }

  @Test("a dispute has no more people than there may be")
  func bound() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    for number in 3...Bounds.people {
      try fixture.step("party.add", id, ["role": "other", "name": .string("P\(number)")])
    }
    let error = #expect(throws: RPCError.self) {
      try fixture.step("party.add", id, ["role": "other", "name": "one more"])
    }
    #expect(error?.rule == "mediation.bounds")
  }

  @Test("a person whose record is of before is still found by the name as it was written then")
  func formerKey() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.rewrite("party", "\(id).p2") { $0["name_phone"] = "wang wu|13800000000" }
    for phone in ["13800000000", "１３８ ００００ ００００"] {
      let found = try fixture.store.call("mediation.find", ["name": "Wang  WU", "phone": .string(phone)])
      #expect(found["items"]?.arrayValue?.map { $0["id"] } == [.string(id)])
    }
    #expect(try fixture.register()["folded"] == true)
  }
}
