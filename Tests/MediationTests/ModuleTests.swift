import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Mediation")
struct ModuleTests {
  let module: Module

  init() throws { module = try Mediation.module(configuration: Fixture.rulesValue) }

  @Test("it registers beside the modules that it calls")
  func registers() throws {
    let registry = try Registry(try Bureau.others() + [module])
    #expect(registry.methods["mediation.hand_over.accept"] != nil)
  }

  @Test("only get and find disclose, and no other result has a member for personal data")
  func disclosure() throws {
    #expect(Set(module.methods.filter(\.disclosesPersonalData).map(\.name)) == ["get", "find"])
    for method in module.methods where method.name != "get" {
      #expect(!method.result.encodedString.contains("x-personal"), "\(method.name)")
    }
    let whole = try #require(module.methods.first { $0.name == "get" }).result.encodedString
    for mask in ["name", "number", "phone", "text"] { #expect(whole.contains("\"x-personal\":\"\(mask)\"")) }
  }

  @Test("free text and what identifies a person is declared personal, and nothing else is searched by")
  func personal() throws {
    let codes: Set = [
      "dispute", "id", "number", "role", "for", "kind", "mode", "station", "owner", "state", "thread", "by",
      "term", "rules_on", "unit", "result", "proposed_to",
    ]
    for collection in module.collections {
      let properties = collection.schema["properties"]?.objectValue ?? [:]
      for (name, schema) in properties where schema["type"] == "string" && schema["enum"] == nil {
        let isCode = codes.contains(name) && name != "result" || schema["format"] == "date-time"
        #expect(isCode || collection.personal.contains("/\(name)"), "\(collection.name) \(name)")
      }
      for pointer in collection.personal {
        #expect(properties[String(pointer.dropFirst())] != nil, "\(collection.name) \(pointer)")
      }
      for field in collection.fields where collection.personal.contains("/\(field.name)") {
        #expect(field.type == .blind, "\(collection.name) \(field.name)")
      }
      if collection.name != "dispute" { #expect(collection.subject == .member("dispute")) }
    }
  }

  @Test("every rule that is refused by is in the table")
  func rules() {
    for exclusion in Exclusion.allCases { #expect(module.rules.contains { $0.id == exclusion.rule }) }
  }

  @Test("the numbers that the texts give are what they give; all others say that they are local")
  func numbers() throws {
    let list = Fixture.rulesValue["rules"]?.arrayValue ?? []
    let given: [String: JSONValue] = [
      "mediation.session.first": ["working_days": 3], "mediation.session.second": ["working_days": 7],
      "mediation.session.at_most": ["sessions": 2],
      "mediation.minor.guardian": ["adult": 18, "self_supporting": 16],
      "mediation.proxy": ["roles": ["injured", "other"]], "mediation.case.clock": ["days": 30],
      "mediation.case.extension": ["days": 30, "times": 1, "approval_hours": 72],
      "mediation.court.confirmation": ["days": 30], "mediation.figures.success": ["target": 98],
      "mediation.figures.visits": ["target": 100],
    ]
    for rule in list where rule["values"] != nil {
      if let values = given[rule["id"]?.stringValue ?? ""] {
        #expect(rule["values"] == values)
      } else {
        #expect(rule["local"] == true, "\(rule["id"]?.stringValue ?? "")")
      }
    }
  }

  static let faults: [(rule: String, values: JSONObject, what: String)] = [
    ("mediation.session.first", ["working_days": 0], "working_days"),
    ("mediation.session.first", ["working_days": 251], "working_days"),
    ("mediation.session.first", ["days": 3], "days"),
    ("mediation.session.at_most", ["sessions": 3], "sessions"),
    ("mediation.case.clock", ["days": -1], "days"),
    ("mediation.case.extension", ["approval_hours": 721], "approval_hours"),
    ("mediation.minor.guardian", ["self_supporting": 19], "self_supporting"),
    ("mediation.proxy", ["roles": ["guardian"]], "roles"),
    ("mediation.door", ["urgency": ["soon"]], "urgency"),
    ("mediation.door", ["urgency": []], "urgency"), ("mediation.door", ["calls": 0], "calls"),
    ("mediation.desks", ["coordination": ["Bad Id"]], "coordination"),
    ("mediation.escalation", ["rungs": []], "rungs"),
    ("mediation.escalation", ["rungs": ["50 owner"]], "rungs"),
    ("mediation.escalation", ["rungs": ["100 owner", "100 owner"]], "rungs"),
    ("mediation.escalation", ["rungs": ["100 nobody"]], "rungs"),
    ("mediation.escalation", ["rungs": ["100"]], "rungs"),
    ("mediation.figures.success", ["target": 101], "target"),
    ("mediation.accept.limit", ["hours": "24"], "hours"),
  ]

  @Test("a number that cannot be is refused at the start, naming rule and member", arguments: faults.indices)
  func fault(_ index: Int) {
    let fault = Self.faults[index]
    let error = #expect(throws: (any Error).self) {
      try Mediation.module(configuration: Fixture.rules(fault.rule, fault.values))
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("\(fault.rule): 'values.\(fault.what)"))
  }

  @Test("no write, list, event or error tells anything of a person")
  func silent() throws {
    let fixture = try Fixture()
    let secret: JSONObject = [
      "matter": "SECRET matter", "summary": "SECRET summary", "place": "SECRET place",
      "parties": [
        [
          "role": "injured", "name": "SECRET One", "id_number": "110101199003070011",
          "address": "SECRET street",
        ],
        ["role": "offender", "name": "SECRET Two", "phone": "13812345678", "birth": "1985-06-01"],
      ],
    ]
    var said: [JSONValue] = [try fixture.register(secret)]
    let id = said[0]["id"]?.stringValue ?? ""
    func step(_ method: String, _ more: JSONObject = [:], as principal: Principal = .all) throws {
      said.append(try fixture.step(method, id, more, as: principal))
    }
    try step("accept")
    try step(
      "party.add",
      ["role": "proxy", "for": .string("\(id).p1"), "name": "SECRET Three", "authority": "SECRET"])
    try step("eligibility", ["reason": "SECRET"])
    for person in ["p1", "p2"] {
      try step("consent", ["person": .string("\(id).\(person)"), "agrees": true])
    }
    try step("hand_over.propose", ["mode": "people", "body": "SECRET committee", "reason": "SECRET"])
    try step("hand_over.accept", ["taker": "SECRET mediator"], as: .of("st-03", uid: 3))
    try step(
      "session.record", ["minutes": "SECRET", "mediator": "SECRET", "result": "failed", "place": "SECRET"])
    try step("extend.request", ["reason": "SECRET"])
    try step("call.record", ["summary": "SECRET", "place": "SECRET"])
    try step("correct", ["person": .string("\(id).p1"), "address": "SECRET", "document": "SECRET"])
    said.append(try fixture.register(secret))
    for method in ["list", "repeats", "figures"] {
      said.append(try fixture.store.call("mediation.\(method)", [:]))
    }
    said.append(try fixture.store.call("mediation.explain", ["id": .string(id)]))
    said.append(try fixture.store.call("mediation.find", ["id_number": "110101199003070011"]))
    said += fixture.store.contents.events.map { .object($0.payload) }
    for value in said {
      let text = value.encodedString
      #expect(!text.contains("SECRET") && !text.contains("19900307") && !text.contains("138123"))
    }
    #expect(try fixture.get(id).encodedString.contains("SECRET mediator"))
  }
}
