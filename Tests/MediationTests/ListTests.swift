import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Lists")
struct ListTests {
  static func filled() throws -> Fixture {
    let fixture = try Fixture()
    for number in 0..<12 {
      let states: [State] = [.registered, .consent, .failed, .withdrawn]
      try fixture.at(
        states[number % 4],
        [
          "matter": .string("matter \(number)"), "station": number % 3 == 0 ? "st-03" : "st-02",
          "kind": number % 2 == 0 ? "debt" : "family",
        ])
      try fixture.hours(1)
    }
    return fixture
  }

  static func walk(_ fixture: Fixture, _ params: JSONObject) throws -> [String] {
    var params = params
    var ids: [String] = []
    repeat {
      let page = try fixture.store.call("mediation.list", params)
      ids += page["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
      params["cursor"] = page["next"]
    } while params["cursor"] != nil
    return ids
  }

  static let filters: [(params: JSONObject, count: Int)] = [
    ([:], 9), (["open": false], 3), (["owner": "st-03"], 3), (["owner": "st-02"], 6),
    (["state": "failed"], 3),
    (["owner": "st-02", "state": "consent"], 2), (["kind": "debt"], 6), (["kind": "family"], 3),
    (["kind": "family", "open": false], 3), (["state": "withdrawn"], 3), (["overdue": true], 0),
    (["overdue": false], 9), (["kind": "labour"], 0),
  ]

  @Test("filters, page by page in both orders, each item once", arguments: filters.indices, [1, 2, 500])
  func pages(_ index: Int, _ limit: Int) throws {
    let (params, count) = Self.filters[index]
    let fixture = try Self.filled()
    let up = try Self.walk(fixture, params.merging(["limit": .int(limit)]))
    #expect(up.count == count && Set(up).count == count)
    let down = try Self.walk(fixture, params.merging(["limit": .int(limit), "order": "desc"]))
    #expect(down == up.reversed())
  }

  @Test("what is due first comes first; overdue ones can be asked for alone")
  func due() throws {
    let fixture = try Self.filled()
    try fixture.set("2026-03-05T12:00:00+08:00")
    let items = try fixture.store.call("mediation.list", [:])["items"]?.arrayValue ?? []
    let due = items.map { $0["next_due"]?.stringValue ?? "9" }
    #expect(due == due.sorted())
    let overdue = try Self.walk(fixture, ["overdue": true])
    #expect(overdue.count == 3)
    for id in overdue { #expect(fixture.dispute(id)?.late(at: fixture.store.now).isEmpty == false) }
  }

  @Test("a unit lists what it is asked to take over, whoever has it, until that is over")
  func proposed() throws {
    let fixture = try Self.filled()
    let ids = try Self.walk(fixture, ["owner": "st-02"])
    for id in ids { try fixture.step("hand_over.propose", id, ["to": "st-04"]) }
    let filters: [(JSONObject, Int)] = [
      ([:], ids.count), (["owner": "st-02"], ids.count), (["owner": "st-03"], 0), (["open": false], 0),
      (["state": "consent"], 2), (["kind": "labour"], 0), (["overdue": true], 0), (["limit": 1], ids.count),
    ]
    let taker = Principal.of("st-04", uid: 4)
    func listed(_ more: JSONObject = [:], as principal: Principal = .all) throws -> JSONValue {
      try fixture.store.call(
        "mediation.list", (["proposed_to": "st-04"] as JSONObject).merging(more), as: principal)
    }
    for (more, count) in filters {
      let found = try Self.walk(fixture, (["proposed_to": "st-04"] as JSONObject).merging(more))
      #expect(found.count == count, "\(more)")
    }
    #expect(try listed(as: taker)["items"]?.arrayValue?.count == ids.count)
    let error = #expect(throws: RPCError.self) { try listed(as: .of("st-02")) }
    #expect(error?.kind == .denied)
    func mine(_ state: State) throws -> [String] {
      try Self.walk(fixture, ["owner": "st-02", "state": .string(state.rawValue)])
    }
    // Taken over, let be, proposed to another, ended.
    let (registered, consent) = (try mine(.registered), try mine(.consent))
    try fixture.step("hand_over.accept", registered[0], as: taker)
    try fixture.step("hand_over.cancel", registered[1])
    try fixture.step("hand_over.propose", consent[0], ["to": "st-05"])
    try fixture.step("withdraw", consent[1])
    #expect(Set(try Self.walk(fixture, ["proposed_to": "st-04"])) == Set(try mine(.failed)))
  }

  @Test("who names no unit sees the own one's, and no other's")
  func scope() throws {
    let fixture = try Self.filled()
    let items = try fixture.store.call("mediation.list", [:], as: .of("st-03"))["items"]?.arrayValue ?? []
    #expect(!items.isEmpty && items.allSatisfy { $0["owner"] == "st-03" })
    let error = #expect(throws: RPCError.self) {
      try fixture.store.call("mediation.list", ["owner": "st-02"], as: .of("st-03"))
    }
    #expect(error?.kind == .denied)
    let nobody = Principal(uid: 4, gid: 4, roles: [], unit: nil, scope: .units(["st-02"]))
    #expect(throws: RPCError.self) { try fixture.store.call("mediation.list", [:], as: nobody) }
  }
}
