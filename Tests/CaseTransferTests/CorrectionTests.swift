import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Corrections")
struct CorrectionTests {
  static let number = "110101199003070011"
  static let persons: JSONValue = [["role": "suspect", "name": "Wang"], ["role": "witness", "name": "Li"]]

  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @discardableResult
  func correct(_ id: String, _ more: JSONObject, as principal: Principal = Fixture.station) throws
    -> JSONValue
  {
    var params: JSONObject = ["document": "ID card"]
    for (key, value) in more { params[key] = value }
    return try fixture.call("correct", id, params, as: principal)
  }

  static let cases: [(said: JSONObject, before: JSONObject, after: JSONObject)] = [
    (["name": "王晓明"], ["name": "王小明"], ["name": "王晓明"]),
    (["phone": "13900001111"], ["phone": "13800005678"], ["phone": "13900001111"]),
    (["phone": .null], ["phone": "13800005678"], [:]),
    (["id_number": .string(number), "name": "王小明"], [:], ["id_number": .string(number)]),
    (
      ["person": 2, "name": "Li Si", "address": "12 Willow Lane"], ["name": "Li"],
      ["name": "Li Si", "address": "12 Willow Lane"]
    ),
  ]

  @Test("the reporter's and the persons' data is corrected, and both versions stay", arguments: cases.indices)
  func both(_ index: Int) throws {
    let (said, before, after) = Self.cases[index]
    let id = try fixture.receive(more: ["persons": Self.persons])
    #expect(try correct(id, said)["state"] == "received")
    let shown = try fixture.get(id)
    var kept: JSONObject = [
      "at": "2026-03-02T09:00:00.000+08:00", "by": "uid:2001", "before": .object(before),
      "after": .object(after), "document": "ID card",
    ]
    kept["person"] = said["person"]
    #expect(shown["corrections"] == [.object(kept)])
    let person = said["person"] == nil ? shown["reporter"] : shown["persons"]?.arrayValue?.last
    for (key, value) in after { #expect(person?[key] == value, "\(key)") }
    if said["phone"] == .null { #expect(person?["phone"] == nil) }
    #expect(shown["persons"]?.arrayValue?.first == ["role": "suspect", "name": "Wang"])
  }

  static let refusals: [(said: JSONObject, kind: ErrorKind, rule: String?, pointer: String)] = [
    ([:], .refusedByRule, "transfer.correction", "/person"),
    (["phone": "13800005678"], .refusedByRule, "transfer.correction", "/person"),
    (["address": .null], .refusedByRule, "transfer.correction", "/person"),
    (["id_number": "110101199003070012"], .refusedByRule, "transfer.id_number", "/id_number"),
    (["document": "110101199003070011"], .refusedByRule, "transfer.text", "/document"),
    (["person": 3, "name": "Li"], .notFound, nil, "/person"),
    (["person": 0, "name": "Li"], .invalidParams, nil, "/person"),
    (["name": .null], .invalidParams, nil, "/name"), (["name": "  "], .invalidParams, nil, "/name"),
    (["document": "  ", "name": "Li"], .invalidParams, nil, "/document"),
    (["role": "victim"], .invalidParams, nil, "/role"),
  ]

  @Test("a correction changes something, and names somebody", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (said, kind, rule, pointer) = Self.refusals[index]
    let id = try fixture.receive(more: ["persons": Self.persons])
    let error = #expect(throws: RPCError.self) { try correct(id, said) }
    #expect(error?.kind == kind && error?.rule == rule && error?.pointer == pointer, "\(error as Any)")
    #expect(fixture.version(id) == 1)
  }

  @Test("where nobody reported it, nobody's data is corrected")
  func nobody() throws {
    let id = try fixture.receive(more: ["reporter": .null])
    expectError(.notFound, "/person") { try correct(id, ["name": "Li"]) }
  }

  @Test("it is the owner's, at any time; once the jurisdiction has ended, the legal department's")
  func whose() throws {
    let id = try fixture.at(.accepted)
    expectError(.denied) { try correct(id, ["name": "Li"]) }
    let ended = try fixture.body(id).ended
    try fixture.minutes(60)
    #expect(try correct(id, ["name": "Li"], as: Fixture.order)["state"] == "accepted")
    #expect(try fixture.body(id).ended == ended)
    let outside = try fixture.at(.jurisdictionEnded)
    expectRefused("transfer.jurisdiction.ended", "/id") { try correct(outside, ["name": "Li"]) }
    try correct(outside, ["name": "Li"], as: Fixture.legal)
    #expect(try fixture.get(outside)["reporter"]?["name"] == "Li")
  }

  @Test("a person is corrected so many times and no more")
  func bound() throws {
    let id = try fixture.receive(more: ["persons": Self.persons])
    for number in 1...20 { try correct(id, ["person": 1, "name": .string("Wang \(number)")]) }
    expectRefused("transfer.correction", "/person") { try correct(id, ["person": 1, "name": "Wang"]) }
    try correct(id, ["person": 2, "name": "Li Si"])
    try correct(id, ["name": "Li Si"])
  }

  static let numbers: [(more: JSONObject, pointer: String?)] = [
    (["reporter": ["name": "Li", "id_number": .string(number)]], nil),
    (["reporter": ["name": "Li", "id_number": "110101199003070012"]], "/reporter/id_number"),
    (
      ["persons": [["role": "other", "name": "Li"], ["role": "victim", "name": "Wu", "id_number": "1"]]],
      "/persons/1/id_number"
    ),
  ]

  @Test("an ID number is one when it is received", arguments: numbers.indices)
  func received(_ index: Int) throws {
    let (more, pointer) = Self.numbers[index]
    guard let pointer else {
      _ = try fixture.receive(more: more)
      return
    }
    expectRefused("transfer.id_number", pointer) { _ = try fixture.receive(more: more) }
  }
}
