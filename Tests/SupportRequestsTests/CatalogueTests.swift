import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("Catalogue")
struct CatalogueTests {
  @Test("the shipped catalogue has 22 scenarios with both names, owners and limits")
  func shipped() throws {
    let catalogue = try Catalogue.parse(Fixture.catalogueValue)
    #expect(catalogue.scenarios.map(\.number) == Array(1...22))
    for scenario in catalogue.scenarios {
      #expect(!scenario.name.en.isEmpty)
      #expect(scenario.name.zh.unicodeScalars.contains { $0.value >= 0x4E00 })
      #expect(scenario.active && !scenario.owners.isEmpty)
      #expect(scenario.source == "local configuration")
      let terms = Urgency.allCases.map { scenario.limits[$0] }
      #expect(Set(terms).count == 3, "\(scenario.number)")
    }
    #expect(catalogue.scenario(4)?.owners == ["command-centre", "criminal-brigade"])
    #expect(catalogue.scenario(16)?.name.zh == "警务室“四化”")
    #expect(catalogue.scenario(0) == nil && catalogue.scenario(23) == nil)
  }

  /// A change to scenario 5 and the member that the refusal names.
  static let faults: [(change: @Sendable (inout JSONObject) -> Void, member: String)] = [
    ({ $0["owners"] = nil }, "owners"),
    ({ $0["owners"] = [] }, "owners"),
    ({ $0["owners"] = ["Bad Id"] }, "owners.0"),
    ({ $0["owners"] = ["a", "a"] }, "owners.1"),
    ({ $0["limits"] = nil }, "limits"),
    ({ $0["limits"] = limits { $0["urgent"] = nil } }, "limits.urgent"),
    ({ $0["limits"] = limits { $0["urgent"] = ["response": ["minutes": 1]] } }, "limits.urgent.support"),
    ({ $0["limits"] = limits { $0["routine"] = ["support": ["hours": 1]] } }, "limits.routine.response"),
    ({ $0["limits"] = limits { $0["routine"] = pair(["minutes": 0]) } }, "limits.routine.response"),
    ({ $0["limits"] = limits { $0["routine"] = pair(["fortnights": 1]) } }, "limits.routine.response"),
    (
      { $0["limits"] = limits { $0["routine"] = pair(["minutes": 1, "hours": 1]) } },
      "limits.routine.response"
    ),
    ({ $0["name"] = ["en": "only English"] }, "name.zh"),
    ({ $0["colour"] = "red" }, "colour"),
    ({ $0["branch"] = "any" }, "branch"),
    ({ $0["eligibility"] = [rule("other.rule", ["is_true": "hostages"])] }, "eligibility.0.id"),
    ({ $0["eligibility"] = [rule("support.x", ["is_true": "height"])] }, "eligibility.0.when.is_true"),
    ({ $0["eligibility"] = [rule("support.x", ["any": []])] }, "eligibility.0.when.any"),
    ({ $0["eligibility"] = [rule("support.x", ["like": 1])] }, "eligibility.0.when.like"),
    (
      { $0["transfer"] = rule("support.x", ["is_word": ["fact": "missing_sex", "value": "x"]]) },
      "transfer.when.is_word.value"
    ),
  ]

  static func limits(_ change: (inout JSONObject) -> Void) -> JSONValue {
    var limits: JSONObject = [:]
    for urgency in Urgency.allCases { limits[urgency.rawValue] = pair(["minutes": 5]) }
    change(&limits)
    return .object(limits)
  }

  static func pair(_ response: JSONValue) -> JSONValue { ["response": response, "support": ["hours": 9]] }

  static func rule(_ id: String, _ when: JSONValue) -> JSONValue {
    ["id": .string(id), "version": "1", "name": ["en": "a", "zh": "甲"], "when": when]
  }

  @Test("a fault is refused, naming the scenario and the member", arguments: faults.indices)
  func fault(_ index: Int) {
    let error = #expect(throws: CatalogueError.self) {
      try Catalogue.parse(Self.changed(5, Self.faults[index].change))
    }
    #expect(error?.scenario == 5)
    #expect(error?.member == Self.faults[index].member)
    #expect(error?.description.hasPrefix("scenario 5, ") == true)
    #expect(error?.pointer.description.hasPrefix("/scenarios/4") == true)
  }

  static let rootFaults: [(key: String, value: JSONValue?, member: String)] = [
    ("version", nil, "version"), ("effective", "soon", "effective"), ("coordination", nil, "coordination"),
    ("rungs", [["percent": 50, "to": ["owner"]]], "rungs"),
    ("rungs", [["percent": 100, "to": []]], "rungs.0.to"),
    ("rungs", [["percent": 100, "to": ["owner"]], ["percent": 100, "to": ["owner"]]], "rungs.1.percent"),
    ("feedback_limit", nil, "feedback_limit"), ("feedback_limit", ["hours": -1], "feedback_limit"),
    ("service_hours", ["version": "1", "windows": [[600, 500]]], "service_hours.windows"),
    ("local", ["version": "1", "colour": 1], "local.colour"), ("local", ["rungs": []], "local.version"),
    ("local", ["version": "1", "scenarios": ["99": [:]]], "local.scenarios.99"), ("more", 1, "more"),
  ]

  @Test("a fault outside the scenarios names its member", arguments: rootFaults.indices)
  func rootFault(_ index: Int) {
    let fault = Self.rootFaults[index]
    var root = Fixture.catalogueValue.objectValue ?? [:]
    root[fault.key] = fault.value
    let error = #expect(throws: CatalogueError.self) { try Catalogue.parse(.object(root)) }
    #expect(error?.member == fault.member)
    #expect(error?.pointer.tokens.joined(separator: ".") == fault.member)
  }

  @Test("a missing and a doubled scenario are refused")
  func numbers() {
    var root = Fixture.catalogueValue.objectValue ?? [:]
    var list = root["scenarios"]?.arrayValue ?? []
    let last = list.removeLast()
    root["scenarios"] = .array(list)
    let missing = CatalogueError(
      scenario: 22, member: "number", reason: "is missing from the catalogue",
      pointer: JSONPointer(tokens: ["scenarios"]))
    #expect(throws: missing) {
      try Catalogue.parse(.object(root))
    }
    root["scenarios"] = .array(list + [last, last])
    let twice = CatalogueError(
      scenario: 22, member: "number", reason: "is listed twice",
      pointer: JSONPointer(tokens: ["scenarios", "22", "number"]))
    #expect(throws: twice) {
      try Catalogue.parse(.object(root))
    }
  }

  @Test("an inactive scenario needs neither owner nor limits, and cannot be opened")
  func inactive() throws {
    let configuration = Self.changed(5) {
      $0["active"] = false
      $0["owners"] = nil
      $0["limits"] = nil
    }
    let fixture = try Fixture(configuration)
    let error = #expect(throws: RPCError.self) { try fixture.open(5) }
    #expect(error?.rule == "support.scenario.inactive")
  }

  @Test("local overrides replace owners and limits, and show in the pinned version")
  func overrides() throws {
    var root = Fixture.catalogueValue.objectValue ?? [:]
    root["local"] = [
      "version": "qp-3", "feedback_limit": ["hours": 5],
      "scenarios": ["1": ["owners": ["traffic-brigade"], "limits": Self.limits { _ in }]],
    ]
    let fixture = try Fixture(.object(root))
    let id = try fixture.open(1)
    let shown = try fixture.get(id)
    #expect(shown["department"] == "traffic-brigade")
    #expect(shown["cycle"]?["scenario_version"] == "2026.1+qp-3")
    #expect(shown["response_due"] == "2026-03-02T09:05:00.000+08:00")
  }

  static func changed(_ number: Int, _ change: (inout JSONObject) -> Void) -> JSONValue {
    var root = Fixture.catalogueValue.objectValue ?? [:]
    var list = root["scenarios"]?.arrayValue ?? []
    if list.indices.contains(number - 1), var scenario = list[number - 1].objectValue {
      change(&scenario)
      list[number - 1] = .object(scenario)
    }
    root["scenarios"] = .array(list)
    return .object(root)
  }
}
