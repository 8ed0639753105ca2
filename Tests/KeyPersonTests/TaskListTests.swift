import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("TaskList")
struct TaskListTests {
  @Test("tells ids, kinds and times, and neither record nor person")
  func nobody() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try DutyTests.add(fixture, id)
    let answer = try fixture.call("tasks", [:])
    let items = try #require(answer["items"]?.arrayValue)
    #expect(items.count == 1)
    #expect(items.first?.objectValue?.keys.sorted() == ["due", "kind", "overdue", "provisional", "task"])
    let text = answer.encodedString
    for secret in [id, "王小明", Fixture.number, "community_corrections", "0102-31"] {
      // An id of the test store can be part of another.
      #expect(!text.contains("\"\(secret)\""))
    }
  }

  @Test("of the caller's own unit alone, whatever else the caller may reach")
  func own() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try DutyTests.add(fixture, id)
    let far = Principal(
      uid: 1, gid: 1, roles: ["desk"], unit: "st-02", scope: .units(["st-01", "st-02", "st-03"]))
    let everywhere = Principal(uid: 1, gid: 1, roles: ["admin"], unit: "st-02", scope: .all)
    for principal in [far, everywhere, Fixture.desk] {
      #expect(try fixture.call("tasks", [:], as: principal)["items"] == [])
    }
    let error = #expect(throws: RPCError.self) { try fixture.call("tasks", [:], as: .all) }
    #expect(error?.rule == "keyperson.tasks" && error?.pointer == "")
    let unit = #expect(throws: RPCError.self) { try fixture.call("tasks", ["unit": "st-01"], as: everywhere) }
    #expect(unit?.kind == .invalidParams)
  }

  static let ahead: [(String, Int?, Int)] = [
    ("2026-03-09T09:00:00+08:00", 7, 1), ("2026-03-09T09:00:00.001+08:00", 7, 0),
    ("2026-04-02T09:00:00+08:00", nil, 1), ("2026-04-02T09:00:00.001+08:00", nil, 0),
    ("2026-03-02T10:00:00+08:00", 0, 0),
  ]

  @Test("no further ahead than asked for, and than the rule allows", arguments: ahead)
  func days(_ first: String, _ days: Int?, _ count: Int) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try DutyTests.add(fixture, id, "report_in", first: first)
    var params: JSONObject = [:]
    params["days"] = days.map(JSONValue.int)
    #expect(try fixture.call("tasks", params)["items"]?.arrayValue?.count == count)
    let error = #expect(throws: RPCError.self) { try fixture.call("tasks", ["days": 32]) }
    #expect(error?.rule == "keyperson.tasks" && error?.pointer == "/days")
  }

  @Test("page by page, in either order, by kind", arguments: ["asc", "desc"], [1, 2, 3, 50])
  func pages(_ order: String, _ limit: Int) throws {
    let fixture = try Fixture()
    for number in 0..<4 {
      let more: JSONObject = [
        "instrument": ["authority": "Court", "number": .string("n-\(number)"), "date": "2026-02-20"]
      ]
      let id = try fixture.enter(.communityCorrections, more)
      _ = try DutyTests.add(fixture, id, "report_in", first: "2026-03-0\(5 + number)T10:00:00+08:00")
      _ = try VisitTests.agree(fixture, id)
    }
    for kind in [nil, "visit", "review"] as [String?] {
      var seen: [(String, String)] = []
      var cursor: JSONValue?
      repeat {
        var params: JSONObject = ["order": .string(order), "limit": .int(limit)]
        params["kind"] = kind.map(JSONValue.string)
        params["cursor"] = cursor
        let page = try fixture.call("tasks", params)
        #expect(page["items"]?.arrayValue?.count ?? 0 <= limit)
        for item in page["items"]?.arrayValue ?? [] {
          seen.append((item["task"]?.stringValue ?? "", item["due"]?.stringValue ?? ""))
          #expect(kind == nil || item["kind"] == .string(kind ?? ""))
        }
        cursor = page["next"]
      } while cursor != nil
      #expect(seen.count == (kind == nil ? 8 : kind == "visit" ? 4 : 0))
      #expect(Set(seen.map(\.0)).count == seen.count)
      #expect(seen.map(\.1) == seen.map(\.1).sorted { order == "asc" ? $0 < $1 : $0 > $1 })
    }
  }

  @Test("an overdue review stays on the list until it is made")
  func overdue() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-04-02T09:00:00+08:00")
    let item = try fixture.call("tasks", ["kind": "review"])["items"]?.arrayValue?.first
    #expect(item?["overdue"] == true)
    try fixture.review(id, next: "2026-05-20")
    #expect(try fixture.call("tasks", ["kind": "review"])["items"] == [])
  }

  @Test("a missed duty is listed apart, until it is followed up or was due too long ago")
  func missed() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let recorded = try DutyTests.add(fixture, id)["task"] ?? .null
    let excused = try DutyTests.add(fixture, id)["task"] ?? .null
    let forgotten = try DutyTests.add(fixture, id)["task"] ?? .null
    func listed(_ more: JSONObject = [:]) throws -> Set<JSONValue> {
      var params: JSONObject = ["missed": true]
      for (name, value) in more { params[name] = value }
      return Set(try fixture.call("tasks", params)["items"]?.arrayValue?.compactMap { $0["task"] } ?? [])
    }
    #expect(try listed() == [])
    // The grace of 24 hours.
    try fixture.advance("2026-03-10T10:00:00+08:00")
    #expect(try listed() == [recorded, excused, forgotten])
    #expect(try fixture.call("tasks", ["kind": "report_in"])["items"] == [])
    #expect(try listed(["kind": "report_in", "days": 1]) == [recorded, excused, forgotten])
    #expect(try listed(["kind": "visit"]) == [] && listed(["days": 0]) == [])
    try fixture.call("duty.record", ["task": recorded])
    try fixture.call("duty.excuse", ["task": excused, "excuse": "leave_granted"])
    #expect(try listed() == [forgotten])
    try fixture.advance("2026-04-09T10:00:00+08:00")
    #expect(try listed() == [forgotten])
    try fixture.advance("2026-04-09T10:00:00.001+08:00")
    #expect(try listed() == [])
  }
}
