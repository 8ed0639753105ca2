import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Texts in the clear")
struct TextScreenTests {
  static let members: [(StopState, String, JSONObject, String)] = [
    (.stopRequested, "stop.record", ["result": "stopped"], "reference"),
    (.stopped, "release", ["reason": "repaid"], "document"),
    (.stopped, "freeze.request", ["kind": "major"], "city_approval"),
    (.freezeRequested, "freeze.record", ["result": "queued"], "reference"),
    (.frozen, "renew.request", [:], "city_approval"),
  ]

  @Test("no reference and no document holds an identity number or a place", arguments: members)
  func refused(_ state: StopState, _ method: String, _ given: JSONObject, _ member: String) throws {
    let fixture = try Fixture()
    let id = try StopLifeTests.reach(state, fixture)
    var params = method == "freeze.request" ? try fixture.application(id, given) : given
    for text in ["张三 11010519491231002X", "39.90923, 116.39743"] {
      params[member] = .string(text)
      expectRefused("stoploss.text", at: "/\(member)") { try fixture.call(method, id, params) }
    }
    // Digits alone are what references are made of, also where they happen to be a card's.
    params[member] = "4111111111111111"
    #expect(throws: Never.self) { try fixture.call(method, id, params) }
  }

  @Test("nor does the bank that a stop is asked of")
  func bank() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    expectRefused("stoploss.text", at: "/bank") {
      try fixture.request(report, 2, ["bank": "11010519491231002X"])
    }
  }

  @Test("a document that says nothing is none")
  func blank() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    let error = #expect(throws: RPCError.self) {
      try fixture.call(
        "freeze.request", id, fixture.application(id, ["kind": "major", "city_approval": " "]))
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/city_approval")
  }
}
