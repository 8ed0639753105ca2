import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("ListQuery")
struct ListTests {
  /// Sixty requests in many states.
  static func filled() throws -> Fixture {
    let fixture = try Fixture()
    var random = Seeded(state: 7)
    for number in 0..<60 {
      let urgency = ["routine", "urgent", "immediate"][number % 3]
      let id = try fixture.open(
        [1, 8, 13][number % 4 % 3], station: "st-0\(number % 3 + 1)", urgency: urgency)
      let steps = ["acknowledge", "assign", "start", "complete", "feedback"]
      for step in steps.prefix(Int.random(in: 0...5, using: &random)) { try fixture.step(step, id) }
      if number % 5 != 0 { try fixture.minutes(number % 7) }
    }
    return fixture
  }

  static let filters: [JSONObject] = [
    [:], ["open": false], ["department": "command-centre"], ["station": "st-02"], ["state": "submitted"],
    ["station": "st-01", "state": "closed"], ["overdue": true], ["overdue": false],
    ["department": "command-centre", "overdue": true], ["department": "command-centre", "station": "st-02"],
    ["overdue": true, "state": "closed"], ["open": false, "state": "submitted"],
    ["open": true, "state": "submitted"], ["open": false, "state": "closed"],
    ["open": true, "state": "closed"],
  ]

  @Test("pages of any size in either order give every match once, in order", arguments: filters.indices)
  func pages(_ index: Int) throws {
    let fixture = try Self.filled()
    let filter = Self.filters[index]
    let expected = Self.expected(fixture, filter)
    for limit in [1, 7, 500] {
      for order in ["asc", "desc"] {
        var params = filter
        params["limit"] = .int(limit)
        params["order"] = .string(order)
        var seen: [String] = []
        var calls = 0
        repeat {
          let page = try fixture.store.call("support.list", params)
          let items = page["items"]?.arrayValue ?? []
          #expect(items.count <= limit)
          seen += items.compactMap { $0["id"]?.stringValue }
          params["cursor"] = page["next"]
          calls += 1
        } while params["cursor"] != nil && calls < 200
        #expect(seen == (order == "asc" ? expected : expected.reversed()))
      }
    }
  }

  static func expected(_ fixture: Fixture, _ filter: JSONObject) -> [String] {
    let rows = (fixture.store.contents.rows["support.request"] ?? [:]).compactMap { id, row in
      SupportRequest(row.record.body).map { (id, $0) }
    }
    return rows.filter { _, request in
      if let state = filter["state"]?.stringValue {
        guard request.state.rawValue == state,
          filter["open"]?.boolValue ?? request.state.isOpen == request.state.isOpen
        else { return false }
      } else if request.state.isOpen != (filter["open"]?.boolValue ?? true) {
        return false
      }
      if let unit = filter["department"]?.stringValue, unit != request.department { return false }
      if let unit = filter["station"]?.stringValue, unit != request.station { return false }
      guard let overdue = filter["overdue"]?.boolValue else { return true }
      let isOverdue =
        request.state.isOpen && (request.clocks.nextDue.map { $0 <= fixture.store.now } ?? false)
      return isOverdue == overdue
    }.sorted {
      return ($0.1.rank, $0.0) < ($1.1.rank, $1.0)
    }.map(\.0)
  }

  @Test("immediate requests come first, whatever their age")
  func immediateFirst() throws {
    let fixture = try Fixture()
    try fixture.open()
    try fixture.open(urgency: "urgent")
    let id = try fixture.open(16, urgency: "immediate")
    #expect(try fixture.store.call("support.list", [:])["items"]?.arrayValue?.first?["id"] == .string(id))
  }

  @Test("who names no unit sees the own one's requests, and no other's")
  func scope() throws {
    let fixture = try Self.filled()
    let items = try fixture.store.call("support.list", [:], as: .of("st-02"))["items"]?.arrayValue ?? []
    #expect(!items.isEmpty && items.allSatisfy { $0["station"] == "st-02" })
    let desk =
      try fixture.store.call("support.list", [:], as: .of("legal-department"))["items"]?.arrayValue ?? []
    #expect(!desk.isEmpty && desk.allSatisfy { $0["department"] == "legal-department" })
    let error = #expect(throws: RPCError.self) {
      try fixture.store.call("support.list", ["station": "st-01"], as: .of("st-02"))
    }
    #expect(error?.kind == .denied)
  }

  /// Who asks for which unit's sight, and what is listed of five requests that all have been opened by st-02:
  /// 0 of scenario 1, 1 of scenario 4, 2 of 14 with a branch, 3 of 8 and immediate, 4 of 8.
  static let readers: [(params: JSONObject, caller: String, found: Set<Int>?)] = [
    (["reader": "criminal-brigade"], "criminal-brigade", [1]),
    ([:], "criminal-brigade", []),
    (["reader": "traffic-brigade"], "traffic-brigade", [2]),
    (["reader": "command-centre"], "command-centre", [0, 1, 3]),
    (["reader": "coordination-desk"], "coordination-desk", [0, 1, 2, 3, 4]),
    (["reader": "coordination-desk", "station": "st-03"], "coordination-desk", []),
    (["reader": "coordination-desk", "department": "legal-department"], "coordination-desk", [2]),
    (["reader": "coordination-desk"], "criminal-brigade", nil),
    (["reader": "command-centre", "station": "st-02"], "criminal-brigade", nil),
  ]

  @Test("a unit finds what it may look at, a page at a time, and only for itself", arguments: readers)
  func reader(_ params: JSONObject, _ caller: String, _ found: Set<Int>?) throws {
    let fixture = try Fixture()
    let ids = [
      try fixture.open(1), try fixture.open(4), try fixture.open(14, more: ["branch": "traffic-brigade"]),
      try fixture.open(8, urgency: "immediate"), try fixture.open(8),
    ]
    var (params, seen) = (params.merging(["limit": 1]), [String]())
    let call = { try fixture.store.call("support.list", $0, as: .of(caller)) }
    guard let found else {
      #expect(#expect(throws: RPCError.self) { try call(params) }?.kind == .denied)
      return
    }
    repeat {
      let page = try call(params)
      seen += page["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
      params["cursor"] = page["next"]
    } while params["cursor"] != nil
    #expect(seen.count == found.count && Set(seen) == Set(found.map { ids[$0] }))
    for id in seen { try fixture.store.call("support.get", ["id": .string(id)], as: .of(caller)) }
  }

  @Test("who may look is found behind many who may not, in answers that read a bounded number of pages")
  func sparseReader() throws {
    let fixture = try Fixture()
    for _ in 0..<1200 { try fixture.open(13, urgency: "urgent") }
    let id = try fixture.open(4)
    var (params, seen, calls): (JSONObject, [String], Int) = (["reader": "criminal-brigade"], [], 0)
    repeat {
      let page = try fixture.store.call("support.list", params, as: .of("criminal-brigade"))
      seen += page["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
      params["cursor"] = page["next"]
      calls += 1
    } while params["cursor"] != nil && calls < 10
    #expect(seen == [id] && calls > 1 && calls < 10)
  }

  @Test(
    "a cursor that no list has given is refused",
    arguments: ["x", "1", "-1:1", "1:", ":1", "1:-1", "1:2:3", "1:x", "99999999999999999999:1"])
  func cursor(_ text: String) throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.store.call("support.list", ["cursor": .string(text)])
    }
    #expect(error?.pointer == "/cursor")
  }

  @Test("the catalogue is listed a page at a time")
  func scenarios() throws {
    let fixture = try Fixture()
    var numbers: [Int] = []
    var params: JSONObject = ["limit": 9]
    repeat {
      let page = try fixture.store.call("support.scenarios", params)
      numbers += page["items"]?.arrayValue?.compactMap { $0["number"]?.intValue } ?? []
      params["cursor"] = page["next"]
    } while params["cursor"] != nil
    #expect(numbers == Array(1...22))
    let owned = try fixture.store.call(
      "support.scenarios", ["department": "legal-department", "order": "desc"])
    #expect(owned["items"]?.arrayValue?.compactMap { $0["number"]?.intValue } == [14, 13, 12])
  }
}
