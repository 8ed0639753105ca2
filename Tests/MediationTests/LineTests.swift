import Mediation
import ModuleTesting
import StationKit
import Testing

/// What is shown in one line comes in as one; what came in before it had to stays readable.
@Suite("One line")
struct LineTests {
  private static let broken: JSONValue = "Li\nSi"

  static let calls: [(method: String, params: JSONObject, pointer: String)] = [
    ("party.add", ["role": "other", "name": broken], "/name"),
    ("party.update", ["person": "MD-2026-000001.p1", "name": broken], "/name"),
    ("correct", ["person": "MD-2026-000001.p1", "name": broken, "document": "ID card"], "/name"),
    ("session.record", ["mediator": broken], "/mediator"),
    ("session.record", ["others_present": ["Sun", broken]], "/others_present/1"),
    ("agreement.record", ["mediator": broken], "/mediator"),
    ("agreement.record", ["others_present": [broken]], "/others_present/0"),
    ("hand_over.propose", ["body": broken], "/body"), ("hand_over.accept", ["taker": broken], "/taker"),
    ("court.confirm", ["number": broken], "/number"), ("court.confirm", ["court": broken], "/court"),
  ]

  @Test("a name, a body or a number of two lines is refused with its pointer", arguments: calls.indices)
  func refused(_ index: Int) throws {
    let (method, params, pointer) = Self.calls[index]
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let error = #expect(throws: RPCError.self) { try fixture.step(method, id, params) }
    #expect(error?.kind == .invalidParams && error?.pointer == pointer)
  }

  @Test("nor does anybody come in so with a dispute, or is looked for")
  func registered() throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.register(["parties": [["role": "injured", "name": Self.broken]]])
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/parties/0/name")
    let find = #expect(throws: RPCError.self) {
      try fixture.store.call("mediation.find", ["name": Self.broken, "phone": "13800000000"])
    }
    #expect(find?.kind == .invalidParams && find?.pointer == "/name")
  }

  @Test("what was kept with two lines is read, corrected and ended as everything else")
  func kept() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed)
    let person = "\(id).p2"
    try fixture.rewrite("party", person) { $0["name"] = Self.broken }
    for session in fixture.store.contents.rows["mediation.session"]?.keys.sorted() ?? [] {
      try fixture.rewrite("session", session) {
        $0["mediator"] = Self.broken
        $0["others_present"] = [Self.broken]
      }
    }
    try fixture.rewrite("dispute", id) {
      guard var custody = $0["custody"]?.arrayValue?.first?.objectValue else { return }
      custody["taker"] = Self.broken
      $0["custody"] = [.object(custody)]
    }
    try fixture.step("correct", id, ["person": .string(person), "name": "Li Si", "document": "ID card"])
    try fixture.step("fail", id, ["reason": "not_signed"])
    try fixture.step("close", id, ["advice": "case"])
    let whole = try fixture.get(id)
    let shown = whole["people"]?.arrayValue?.last
    #expect(shown?["name"] == "Li Si")
    #expect(shown?["corrections"]?.arrayValue?.first?["before"]?["name"] == Self.broken)
    #expect(whole["sessions_held"]?.arrayValue?.first?["mediator"] == Self.broken)
    #expect(whole["sessions_held"]?.arrayValue?.first?["others_present"] == [Self.broken])
    #expect(whole["custody"]?.arrayValue?.first?["taker"] == Self.broken)
  }
}
