import Approval
import Directory
import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Corrections")
struct CorrectionTests {
  static let number = "11010519491231002X"
  /// Of somebody who was 29 on the day of the report.
  static let other = IntakeTests.withCheckDigit("110105199603030019")
  static let victim: JSONObject = ["name": "张三", "id_number": .string(number), "phone": "13800001234"]

  @discardableResult
  static func correct(
    _ fixture: Fixture, _ id: String, _ victim: JSONObject, _ more: JSONObject = [:],
    as principal: Principal = .all
  ) throws -> JSONValue {
    var params: JSONObject = ["victim": .object(victim), "document": "ID card"]
    for (key, value) in more { params[key] = value }
    return try fixture.call("correct", id, params, as: principal)
  }

  @Test("what was wrong is corrected, and every version stays")
  func versions() throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    #expect(try fixture.call("get", id)["corrections"] == nil)
    #expect(fixture.stored(id)?.body["corrections"] == nil)
    let events = fixture.store.contents.events
    #expect(try Self.correct(fixture, id, ["name": "张珊", "phone": .null])["version"] == 2)
    try fixture.minutes(5)
    try Self.correct(fixture, id, ["phone": "13900001234"], as: .of("st-02"))
    let shown = try fixture.call("get", id)
    #expect(shown["victim"] == ["name": "张珊", "id_number": .string(Self.number), "phone": "13900001234"])
    #expect(
      shown["corrections"] == [
        [
          "at": "2026-03-02T09:00:00.000+08:00", "by": "uid:1000", "document": "ID card",
          "before": .object(Self.victim),
        ],
        [
          "at": "2026-03-02T09:05:00.000+08:00", "by": "uid:2000", "document": "ID card",
          "before": ["name": "张珊", "id_number": .string(Self.number)],
        ],
      ])
    #expect(fixture.store.contents.events == events)
    let body = try #require(fixture.stored(id)?.body)
    #expect(Report(body)?.body == body)
  }

  /// What is corrected, what stands then, and the age band.
  static let changes: [(JSONObject, JSONObject, String)] = [
    (["name": "张珊"], ["name": "张珊", "id_number": .string(number), "phone": "13800001234"], "70+"),
    (["phone": .null], ["name": "张三", "id_number": .string(number)], "70+"),
    (["id_number": .null], ["name": "张三", "phone": "13800001234"], "unknown"),
    (
      ["id_number": .string(other), "phone": "13900001234"],
      ["name": "张三", "id_number": .string(other), "phone": "13900001234"], "18-29"
    ),
    (
      ["name": "张三", "id_number": .string(other), "phone": .null],
      ["name": "张三", "id_number": .string(other)], "18-29"
    ),
  ]

  @Test("the members that are named change, and the age band follows the number", arguments: changes)
  func change(_ victim: JSONObject, _ after: JSONObject, _ band: String) throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    let stop = try fixture.stopped(of: id)
    // The age is that of the day of the report.
    try fixture.store.advance(to: Fixture.at("2026-03-03T09:00:00+08:00"))
    try Self.correct(fixture, id, victim)
    #expect(try fixture.call("get", id)["victim"] == .object(after))
    #expect(fixture.stored(id)?.ageBand == band)
    #expect(fixture.stop(stop)?.ageBand == band)
  }

  static let refusals: [(JSONObject, String, String)] = [
    ([:], "stoploss.correction", "/victim"), (victim, "stoploss.correction", "/victim"),
    (["name": "张三"], "stoploss.correction", "/victim"),
    // A wrong check digit, and a birthday that does not exist.
    (["id_number": "110105194912310021"], "stoploss.intake.id_number", "/victim/id_number"),
    (
      ["name": "张珊", "id_number": "110105194902300028"], "stoploss.intake.id_number", "/victim/id_number"
    ),
  ]

  @Test("what changes nothing, and a number that is none, are refused", arguments: refusals)
  func refused(_ victim: JSONObject, _ rule: String, _ pointer: String) throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    let before = fixture.stored(id)?.body
    expectRefused(rule, at: pointer) { try Self.correct(fixture, id, victim) }
    #expect(fixture.stored(id)?.body == before)
  }

  @Test("what is not there is not taken away")
  func nothingThere() throws {
    let fixture = try Fixture()
    let id = try fixture.report(more: ["victim": ["name": "张三"]])
    expectRefused("stoploss.correction", at: "/victim") {
      try Self.correct(fixture, id, ["id_number": .null, "phone": .null])
    }
  }

  static let misfits: [(JSONObject, String)] = [
    (["victim": ["name": .null]], "/victim/name"), (["victim": ["name": ""]], "/victim/name"),
    (["victim": ["address": "x"]], "/victim/address"), (["document": ""], "/document"),
  ]

  @Test("a victim keeps a name, and a correction says what it rests on", arguments: misfits)
  func misfit(_ more: JSONObject, _ pointer: String) throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    let error = #expect(throws: RPCError.self) { try Self.correct(fixture, id, ["name": "张珊"], more) }
    #expect(error?.kind == .invalidParams && error?.pointer == pointer)
  }

  @Test("a report that is not there, out of scope, or changed meanwhile")
  func notFound() throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    func kind(_ id: String, _ more: JSONObject = [:], as principal: Principal = .all) -> ErrorKind? {
      #expect(throws: RPCError.self) {
        try Self.correct(fixture, id, ["name": "张珊"], more, as: principal)
      }?.kind
    }
    #expect(kind("SL-2026-000009") == .notFound)
    #expect(kind(id, as: .of("st-03")) == .denied)
    #expect(kind(id, ["version": 2]) == .conflict)
    try Self.correct(fixture, id, ["name": "张珊"], ["version": 1], as: .of("anti-fraud"))
  }

  @Test("a closed report is corrected too, and stays closed for as long as before")
  func closed() throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    try fixture.call("close", id)
    let deadlines = fixture.store.contents.deadlines.count
    try fixture.minutes(5)
    #expect(try Self.correct(fixture, id, ["name": "张珊"])["state"] == "closed")
    #expect(fixture.stored(id)?.ended == Fixture.morning)
    #expect(fixture.store.contents.deadlines.count == deadlines)
  }

  @Test("a report has no more corrections than its limit")
  func limit() throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    for round in 0..<Limits.correctionsPerReport {
      try Self.correct(fixture, id, ["name": .string("张\(round)")])
    }
    expectRefused("stoploss.intake.limits", at: "/id") { try Self.correct(fixture, id, ["name": "张珊"]) }
    let names = try fixture.call("get", id)["corrections"]?.arrayValue?.map { $0["before"]?["name"] }
    #expect(names?.count == Limits.correctionsPerReport && names?.first == "张三" && names?.last == "张18")
  }

  @Test("sending the report again undoes no correction")
  func sentAgain() throws {
    let fixture = try Fixture()
    let params = Fixture.report(more: ["key": "call-1"])
    let id = try fixture.store.call("stoploss.report", params)["id"]?.stringValue ?? ""
    try Self.correct(fixture, id, ["name": "张珊"])
    #expect(try fixture.store.call("stoploss.report", params)["outcome"] == "duplicate")
    #expect(fixture.stored(id)?.victim.name == "张珊")
  }

  @Test("a role without full sight gets all versions masked")
  func masked() throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    try Self.correct(fixture, id, ["name": "张珊"])
    let registry = try Registry([
      Directory.module(), Approval.module(), StopLoss.module(configuration: Fixture.configuration),
    ])
    let mask = try #require(registry.methods["stoploss.get"]?.mask)
    let shown = mask.apply(to: try fixture.call("get", id))
    let victim: JSONValue = ["name": "张*", "id_number": "110105********002X", "phone": "138****1234"]
    #expect(shown["victim"] == victim)
    let former = try #require(shown["corrections"]?.arrayValue?.first)
    #expect(former["before"] == victim && former["document"] == "***")
  }
}
