import Foundation
import Mediation
import ModuleTesting
import StationKit

/// A bureau with the shipped rules, catalogue, calendars and organisation, on the morning of Monday 2 March 2026.
struct Fixture {
  static let morning = instant("2026-03-02T09:00:00+08:00")
  static let rulesValue = file("etc/mediation/rules.json")

  private static let organisation = file("etc/directory.example.json").objectValue ?? [:]
  private static let calendar = Result {
    try WorkCalendar(years: [year(2025), year(2026)].compactMap { $0 })
  }

  let store: TestStore

  init(_ configuration: JSONValue? = nil, now: Instant = morning, scenario8: Bool = true) throws {
    store = try Bureau.store(configuration, now: now, scenario8: scenario8)
    store.calendar = try Fixture.calendar.get()
    try store.call("directory.import", Fixture.organisation)
    store.contents.events = []
  }

  static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? .earliest }

  static func file(_ path: String) -> JSONValue { ShippedFile.json(path) }

  /// A year's calendar from its file.
  static func year(_ year: Int) -> YearCalendar? {
    let json = file("etc/calendar/\(year).json")
    func date(_ value: JSONValue?) -> CivilDate {
      value?.stringValue.flatMap { CivilDate($0) } ?? CivilDate(dayNumber: 0)
    }
    let source = YearCalendar.Source(
      title: json["source"]?["title"]?.stringValue ?? "", documentNumber: "", published: date("2025-11-04"))
    return try? YearCalendar(
      year: year, version: json["version"]?.stringValue ?? "", source: source,
      holidays: (json["holidays"]?.arrayValue ?? []).map {
        .init(
          name: $0["name"]?.stringValue ?? "", englishName: $0["english_name"]?.stringValue ?? "",
          first: date($0["first"]), last: date($0["last"]))
      }, workedDays: (json["worked_days"]?.arrayValue ?? []).map { date($0) })
  }

  /// The shipped rules with the numbers of one of them changed.
  static func rules(_ id: String, _ values: JSONObject) -> JSONValue {
    var root = rulesValue.objectValue ?? [:]
    let list = (root["rules"]?.arrayValue ?? []).map { rule -> JSONValue in
      guard rule["id"]?.stringValue == id, var object = rule.objectValue else { return rule }
      var all = object["values"]?.objectValue ?? [:]
      for (key, value) in values { all[key] = value }
      object["values"] = .object(all)
      return .object(object)
    }
    root["rules"] = .array(list)
    return .object(root)
  }

  static let injured: JSONValue = ["role": "injured", "name": "Zhang San", "id_number": "110101199003070011"]
  static let offender: JSONValue = [
    "role": "offender", "name": "Wang Wu", "phone": "138 0000 0000", "birth": "1985-06-01",
  ]

  @discardableResult
  func register(
    _ more: JSONObject = [:], as principal: Principal = .all
  ) throws -> JSONValue {
    var params: JSONObject = [
      "station": "st-02", "kind": "neighbours", "matter": "boundary wall",
      "summary": "A quarrel over a wall ended in a push", "parties": [Self.injured, Self.offender],
    ]
    for (key, value) in more { params[key] = value }
    return try store.call("mediation.register", params, as: principal)
  }

  /// Members without which a step is not valid.
  static let needed: [String: JSONObject] = [
    "call.record": ["unit": "st-02"], "eligibility": ["open": true, "reason": "slight injury"],
    "fail": ["reason": "absent"], "visit.record": ["settled": true],
    "performance.record": ["outcome": "full"], "extend.request": ["reason": "complex"],
    "withdraw": ["reason": "peace"], "hand_over.propose": ["to": "st-03", "reason": "theirs"],
    "hand_over.cancel": ["reason": "no"],
    "court.confirm": ["court": "County Court", "outcome": "applied", "applied_on": "2026-03-02"],
  ]

  @discardableResult
  func step(
    _ method: String, _ id: String, _ more: JSONObject = [:], as principal: Principal = .all
  ) throws -> JSONValue {
    var params: JSONObject = ["id": .string(id)]
    for (key, value) in Self.needed[method] ?? [:] { params[key] = value }
    if method == "session.record" {
      params["place"] = "Room 1"
      params["mediator"] = "Officer Zhao"
      params["result"] = "agreed"
      params["attendees"] = [["person": .string("\(id).p1")], ["person": .string("\(id).p2")]]
    }
    if method == "agreement.record" { for (key, value) in Self.paper(id) { params[key] = value } }
    for (key, value) in more { params[key] = value }
    // null takes a member out.
    for (key, value) in more where value == .null { params[key] = nil }
    return try store.call("mediation.\(method)", params, as: principal)
  }

  static func paper(_ id: String) -> JSONObject {
    let both: JSONValue = [.string("\(id).p1"), .string("\(id).p2")]
    return [
      "body": "Riverside Police Station", "mediator": "Officer Zhao", "parties": both, "others_present": [],
      "time": "2026-03-01T18:00:00+08:00", "place": "12 Willow Lane", "cause": "A wall",
      "course": "Words, then a push", "result": "A bruise", "terms": "Wang pays 200 yuan",
      "performance": ["by": "2026-03-20", "method": "In cash"], "signatures": both,
    ]
  }

  /// A new dispute, taken to a state by the shortest way.
  @discardableResult
  func at(_ state: State, _ more: JSONObject = [:]) throws -> String {
    let id = try register(more)["id"]?.stringValue ?? ""
    try lead(id, to: state)
    return id
  }

  /// Takes a dispute on from wherever it is on the way to a state.
  func lead(_ id: String, to state: State) throws {
    guard dispute(id)?.state != state else { return }
    switch state {
    case .registered: break
    case .eligibility:
      try lead(id, to: .registered)
      try step("accept", id)
    case .consent:
      try lead(id, to: .eligibility)
      try step("eligibility", id)
    case .session1:
      try lead(id, to: .consent)
      for person in ["p1", "p2"] {
        try step("consent", id, ["person": .string("\(id).\(person)"), "agrees": true])
      }
    case .session2:
      try lead(id, to: .session1)
      try step("session.record", id, ["result": "adjourned"])
    case .agreed:
      try lead(id, to: .session1)
      try step("session.record", id)
    case .performing:
      try lead(id, to: .agreed)
      try step("agreement.record", id)
    case .performed:
      try lead(id, to: .performing)
      try step("performance.record", id)
    case .visited:
      try lead(id, to: .performed)
      try step("visit.record", id)
    case .closed:
      try lead(id, to: .visited)
      try step("close", id)
    case .ineligible:
      try lead(id, to: .eligibility)
      try step("eligibility", id, ["open": false, "exclusions": ["fled"]])
    case .failed:
      try lead(id, to: .session1)
      try step("fail", id)
    case .advised:
      try lead(id, to: .failed)
      try step("close", id, ["advice": "case"])
    case .withdrawn:
      try lead(id, to: .consent)
      try step("withdraw", id)
    }
  }

  func get(_ id: String) throws -> JSONValue { try store.call("mediation.get", ["id": .string(id)]) }

  func dispute(_ id: String) -> Dispute? {
    store.contents.rows["mediation.dispute"]?[id].flatMap { Dispute($0.record.body) }
  }

  func events(_ name: String) -> [JSONObject] {
    store.contents.events.filter { $0.name == "mediation.\(name)" }.map(\.payload)
  }

  /// A stored record as an earlier version could have left it.
  func rewrite(_ collection: String, _ id: String, _ change: (inout JSONObject) -> Void) throws {
    let key = "mediation.\(collection)"
    guard let record = store.contents.rows[key]?[id]?.record else { throw RPCError(.notFound) }
    var body = record.body
    change(&body)
    store.contents.rows[key]?[id]?.record = Record(id: id, version: record.version, body: body)
  }

  func set(_ time: String) throws { try store.advance(to: Self.instant(time)) }

  func hours(_ count: Int) throws { try store.advance(to: store.now.adding(hours: count)) }
}

extension Fixture {
  /// Somebody higher approves what was asked for a dispute.
  func approve(_ id: String) throws {
    let leader = Principal(uid: 9, gid: 9, roles: ["leader"], unit: nil, scope: .all)
    let approval = dispute(id)?.extensions.last?.approval ?? ""
    try store.call("approval.approve", ["id": .string(approval), "version": 1], as: leader)
  }

  /// A dispute whose first party is of an age and role, ready for its first session.
  func people(_ parties: [JSONValue], _ more: JSONObject = [:]) throws -> String {
    let id = try at(.consent, (["parties": .array(parties)] as JSONObject).merging(more))
    for person in parties.indices {
      try step("consent", id, ["person": .string("\(id).p\(person + 1)"), "agrees": true])
    }
    return id
  }

  static func attendees(_ id: String, _ people: String...) -> JSONObject {
    ["attendees": .array(people.map { ["person": .string("\(id).\($0)")] })]
  }
}
