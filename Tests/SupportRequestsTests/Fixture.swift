import Directory
import ModuleTesting
import StationKit
import SupportRequests

/// A bureau with the shipped catalogue and organisation, on the morning of Monday 2 March 2026.
struct Fixture {
  static let morning = Instant(rfc3339: "2026-03-02T09:00:00+08:00") ?? .earliest
  static let catalogueValue = file("etc/support/scenarios.json")

  let store: TestStore

  init(_ configuration: JSONValue = catalogueValue, now: Instant = morning) throws {
    store = try TestStore(
      [Directory.module(), try SupportRequests.module(configuration: configuration)], now: now)
    try store.call("directory.import", Fixture.file("etc/directory.example.json").objectValue ?? [:])
    store.contents.events = []
  }

  static func file(_ path: String) -> JSONValue { ShippedFile.json(path) }

  @discardableResult
  func open(
    _ scenario: Int = 1, station: String = "st-02", urgency: String = "routine", facts: JSONObject? = nil,
    more: JSONObject = [:], as principal: Principal = .all
  ) throws -> String {
    var params: JSONObject = [
      "scenario": .int(scenario), "station": .string(station), "urgency": .string(urgency),
      "summary": "Help needed",
    ]
    params["facts"] = facts.map(JSONValue.object)
    for (key, value) in more { params[key] = value }
    return try store.call("support.open", params, as: principal)["id"]?.stringValue ?? ""
  }

  @discardableResult
  func step(
    _ action: String, _ id: String, _ more: JSONObject = [:], as principal: Principal = .all
  ) throws -> JSONValue {
    var params: JSONObject = ["id": .string(id)]
    for (key, value) in Fixture.needed[action] ?? [:] { params[key] = value }
    for (key, value) in more { params[key] = value }
    return try store.call("support.\(action)", params, as: principal)
  }

  /// Members without which a step is not valid.
  static let needed: [String: JSONObject] = [
    "redirect": ["to": "logistics", "reason": "theirs"], "assign": ["to": "patrol-3"],
    "request_info": ["reason": "where?"], "provide_info": ["text": "here"],
    "change_urgency": ["urgency": "urgent", "reason": "worse"], "complete": ["result": "done"],
    "feedback": ["in_time": true, "worked": true], "withdraw": ["reason": "over"],
    "reopen": ["reason": "again"],
  ]

  /// The steps from an opening to a request that is closed.
  static let toTheEnd = ["acknowledge", "assign", "start", "complete", "feedback"]

  func closed(_ scenario: Int, redirectedTo department: String? = nil) throws -> String {
    let id = try open(scenario)
    if let department { try step("redirect", id, ["to": .string(department)]) }
    for step in Fixture.toTheEnd { try self.step(step, id) }
    return id
  }

  func retire(_ unit: String) throws {
    try store.call("directory.unit.retire", ["id": .string(unit), "version": 1])
  }

  func get(_ id: String) throws -> JSONValue { try store.call("support.get", ["id": .string(id)]) }

  func body(_ id: String) -> SupportRequest? {
    store.contents.rows["support.request"]?[id].flatMap { SupportRequest($0.record.body) }
  }

  func events(_ name: String) -> [JSONObject] {
    store.contents.events.filter { $0.name == "support.\(name)" }.map(\.payload)
  }

  func minutes(_ count: Int) throws { try store.advance(to: store.now.adding(minutes: count)) }
}
