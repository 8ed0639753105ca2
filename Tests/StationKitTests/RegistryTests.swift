import StationKit
import Testing

@Suite struct RegistryTests {
  private static let open: JSONValue = ["type": "object"]
  private static let params: JSONValue = [
    "type": "object", "properties": ["id": ["type": "string"]], "additionalProperties": false,
  ]

  private static func method(
    _ name: String = "get", _ summary: Text = Text("Get", zh: "取"), params: JSONValue = params,
    positional: [String] = [], result: JSONValue = open,
    permission: Permission = .role, answersPeopleOnly: Bool = false,
    examples: [Example] = [Example("One", params: [:], result: [:])]
  ) -> Method {
    Method(
      name, summary, params: params, positional: positional, result: result, permission: permission,
      answersPeopleOnly: answersPeopleOnly, examples: examples, handler: .read { _, _, _ in [:] })
  }

  private static func module(
    _ name: String = "test", collections: [Collection] = [], methods: [Method] = [],
    deadlines: [DeadlineKind] = [], events: [EventKind] = [], calls: [String] = [], rules: [Rule] = [],
    lifeCycles: [DeclaredLifeCycle] = []
  ) -> Module {
    Module(
      name: name, title: Text("Test", zh: "测试"), version: "1", collections: collections, methods: methods,
      deadlines: deadlines, events: events, calls: calls, rules: rules, lifeCycles: lifeCycles)
  }

  private static func asking(_ properties: JSONObject, defs: JSONObject = [:]) -> JSONValue {
    [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
      "$defs": .object(defs),
    ]
  }

  private static func life(
    _ steps: [(from: String, action: String, to: String?)], initial: String = "open", name: String = "item"
  ) -> Module {
    module(
      collections: [
        collection(
          schema: [
            "type": "object",
            "properties": ["state": ["type": "string", "enum": ["open", "held", "closed"]]],
          ])
      ],
      lifeCycles: [
        DeclaredLifeCycle(
          name: name, summary: Text("Life", zh: "流转"), initial: initial,
          steps: steps.map { .init(from: $0.from, action: $0.action, to: $0.to) })
      ])
  }

  private static func rule(_ id: String) -> Rule {
    Rule(id: id, version: "1", effective: "2026-01-01", source: "s", summary: Text("R", zh: "规则"))
  }

  private static func collection(
    _ name: String = "item", schema: JSONValue = ["type": "object", "properties": ["a": [:], "b": [:]]],
    fields: [Collection.Field] = [], indexes: [Collection.Index] = [], subject: Collection.Subject = .own
  ) -> Collection {
    Collection(
      name: name, summary: Text("Items", zh: "物"), schema: schema, fields: fields, indexes: indexes,
      subject: subject, retention: .forever)
  }

  private static func typed(_ name: String, _ type: Collection.FieldType, _ schema: JSONValue) -> Collection {
    collection(
      schema: ["type": "object", "properties": .object([name: schema])], fields: [.init(name, type)])
  }

  private static let bell = DeadlineKind("bell", Text("Bell", zh: "铃")) { _, _, _ in }
  private static let rung = EventKind("rung", Text("Rung", zh: "响"), payload: open)

  @Test func `what is declared well is found by its full name`() throws {
    let registry = try Registry([
      Self.module(
        collections: [Self.collection(fields: [.init("a", .text)], indexes: [.init("by_a", on: ["a"])])],
        methods: [Self.method("unit.get", positional: ["id"])], deadlines: [Self.bell], events: [Self.rung],
        calls: ["other.get"]),
      Self.module("other", methods: [Self.method()]),
    ])
    #expect(Set(registry.methods.keys) == ["test.unit.get", "other.get"])
    #expect(registry.methods["test.unit.get"]?.moduleName == "test")
    #expect(registry.modules["test"]?.collections["item"]?.fullName == "test.item")
    #expect(registry.modules["test"]?.events["rung"]?.fullName == "test.rung")
  }

  @Test func `what fits its declaration is accepted`() {
    let fields: [(Collection.FieldType, JSONValue)] = [
      (.text, ["type": ["string", "null"]]), (.text, ["enum": ["a", "b"]]), (.text, ["const": "a"]),
      (.text, Shapes.nullable(["type": "string"])), (.integer, ["type": "integer"]),
      (.integer, ["type": "boolean"]), (.integer, ["type": "number"]), (.integer, [:]), (.text, [:]),
    ]
    for (type, schema) in fields {
      #expect(throws: Never.self, "\(schema)") {
        try Registry([Self.module(collections: [Self.typed("a", type, schema)])])
      }
    }
    let modules = [
      Self.module(methods: [Self.method(params: Self.asking(["n": ["type": "integer", "default": 1]]))]),
      Self.module(rules: [Self.rule("test.most.often")]),
      // Back to the state before, and the state as it is.
      Self.life([
        ("open", "hold", "held"), ("held", "back", nil), ("held", "look", "held"),
        ("held", "close", "closed"),
      ]),
      // What answers people only is in the way of nobody who does not call it.
      Self.module(methods: [Self.method(answersPeopleOnly: true)]),
    ]
    for module in modules { #expect(throws: Never.self) { try Registry([module]) } }
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let modules: [Module]
    /// What the error must say.
    let says: [String]

    init(_ what: String, _ modules: [Module], _ says: String...) {
      (testDescription, self.modules, self.says) = (what, modules, says)
    }
  }

  static let refused: [Refused] = {
    let long = String(repeating: "a", count: 65)
    return [
      Refused("a module twice", [module(), module()], "'test'", "twice"),
      Refused("a module without a name", [module("")], "module name"),
      Refused("a module name in capitals", [module("Test")], "'Test'"),
      Refused("a module name with a dot", [module("a.b")], "'a.b'"),
      Refused("a module name that is SQL", [module("a\" --")], "module name"),
      Refused("a method twice", [module(methods: [method(), method()])], "'get'", "twice"),
      Refused("a method without a name", [module(methods: [method("")])], "test."),
      Refused("a method name with a space", [module(methods: [method("get it")])], "'test.get it'"),
      Refused("a method name that is too long", [module(methods: [method(long)])], long),
      Refused("a method name with an empty part", [module(methods: [method("a..b")])], "a..b"),
      Refused("no English summary", [module(methods: [method("get", Text("", zh: "取"))])], "summary"),
      Refused("no Chinese summary", [module(methods: [method("get", Text("Get", zh: ""))])], "Chinese"),
      Refused("no example", [module(methods: [method(examples: [])])], "no example"),
      Refused(
        "params open to anything", [module(methods: [method(params: open)])], "additional properties"),
      Refused(
        "meta among the params",
        [
          module(methods: [
            method(params: ["type": "object", "properties": ["meta": [:]], "additionalProperties": false])
          ])
        ], "'meta'"),
      Refused(
        "a positional param that is none", [module(methods: [method(positional: ["id", "of"])])], "'of'"),
      Refused(
        "params that are no schema",
        [module(methods: [method(params: ["type": "thing", "additionalProperties": false])])], "params"),
      Refused("a result that is no schema", [module(methods: [method(result: ["type": 1])])], "result"),
      Refused(
        "a result nested deeper than any text",
        [module(methods: [method(result: (0..<1024).reduce(open) { schema, _ in ["items": schema] })])],
        "result"),
      Refused(
        "an example whose params do not fit",
        [module(methods: [method(examples: [Example("Bad", params: ["no": 1], result: [:])])])], "'Bad'",
        "params"),
      Refused(
        "an example whose result does not fit",
        [module(methods: [method(examples: [Example("Bad", params: [:], result: 1)])])], "'Bad'", "result"),
      Refused(
        "a collection twice", [module(collections: [collection(), collection()])], "'item'", "twice"),
      Refused("a collection with a dot", [module(collections: [collection("a.b")])], "test.a.b"),
      Refused("a collection without a name", [module(collections: [collection("")])], "collection name"),
      Refused(
        "a collection's schema", [module(collections: [collection(schema: ["type": "thing"])])], "schema"),
      Refused(
        "a field twice",
        [module(collections: [collection(fields: [.init("a", .text), .init("a", .integer)])])], "'a'", "twice"
      ),
      Refused(
        "a field that the schema does not have",
        [module(collections: [collection(fields: [.init("c", .text)])])],
        "'c'", "schema"),
      Refused(
        "an index without fields",
        [module(collections: [collection(fields: [.init("a", .text)], indexes: [.init("by_a", on: [])])])],
        "'by_a'"),
      Refused(
        "an index over what is no field",
        [module(collections: [collection(fields: [.init("a", .text)], indexes: [.init("by_b", on: ["b"])])])],
        "'by_b'"),
      Refused(
        "an index twice",
        [
          module(collections: [
            collection(fields: [.init("a", .text)], indexes: [.init("i", on: ["a"]), .init("i", on: ["a"])])
          ])
        ], "'i'"),
      Refused(
        "an index name that is SQL",
        [
          module(collections: [collection(fields: [.init("a", .text)], indexes: [.init("i ON x", on: ["a"])])]
          )
        ],
        "index"),
      Refused("a deadline twice", [module(deadlines: [bell, bell])], "'bell'", "twice"),
      Refused("an event twice", [module(events: [rung, rung])], "'rung'", "twice"),
      Refused(
        "an event's payload",
        [module(events: [EventKind("rung", Text("R", zh: "响"), payload: ["type": "thing"])])], "test.rung"),
      Refused("a call to nobody", [module(calls: ["other.get"])], "'other.get'", "no module"),
      Refused(
        "a call to what answers people only",
        [
          module(calls: ["other.get"]), module("other", methods: [method(answersPeopleOnly: true)]),
        ], "'test'", "'other.get'", "people only"),
      Refused(
        "a method for modules that answers people only",
        [module(methods: [method(permission: .modules, answersPeopleOnly: true)])], "'test.get'", "people"),
      Refused(
        "a param that is no word", [module(methods: [method(params: asking(["a\u{1B}[2J": [:]]))])],
        "'test.get'", "param"),
      Refused(
        "a param in capitals", [module(methods: [method(params: asking(["itemID": [:]]))])], "'itemID'"),
      Refused(
        "a default of another type",
        [module(methods: [method(params: asking(["n": ["type": "integer", "default": "1"]]))])], "'test.get'",
        "default of param 'n'"),
      Refused(
        "a default that a shared schema refuses",
        [
          module(methods: [
            method(
              params: asking(
                ["n": ["$ref": "#/$defs/few", "default": 7]],
                defs: ["few": ["type": "integer", "maximum": 3]]))
          ])
        ], "default of param 'n'"),
      Refused("another module's rule", [module(rules: [rule("other.most")])], "'other.most'", "'test'"),
      Refused("a rule that is no id", [module(rules: [rule("test.Most")])], "'test.Most'"),
      Refused(
        "a life that begins nowhere", [life([("held", "close", "closed")])], "'test.item'", "initial",
        "'open'"),
      Refused("a life without a step", [life([])], "'test.item'", "'open'"),
      Refused(
        "a step from a state that is none", [life([("open", "close", "closed"), ("opne", "hold", "held")])],
        "'test.item'", "'opne'"),
      Refused(
        "a step from a state that only it leads to",
        [life([("open", "close", "closed"), ("held", "look", "held")])], "'held'"),
      Refused("a step to a state that is none", [life([("open", "close", "closd")])], "'closd'", "schema"),
      Refused("an action that is no name", [life([("open", "close it", "closed")])], "'close it'"),
      Refused(
        "a life cycle twice",
        [
          module(
            lifeCycles: life([("open", "close", "closed")]).lifeCycles
              + life([("open", "close", "closed")]).lifeCycles)
        ], "'item'", "twice"),
      Refused(
        "a subject that the schema does not have, though nothing is personal",
        [module(collections: [collection(subject: .member("c"))])], "test.item", "'c'"),
      Refused(
        "a column of texts for a number", [module(collections: [typed("a", .text, ["type": "integer"])])],
        "test.item", "'a'", "text"),
      Refused(
        "a column of integers for a text",
        [module(collections: [typed("a", .integer, ["type": ["string", "null"]])])], "'a'", "integer"),
      Refused(
        "a column of integers for words", [module(collections: [typed("a", .integer, ["enum": ["x"]])])],
        "'a'"),
      Refused(
        "a column of texts for a number or nothing",
        [
          module(collections: [
            typed("a", .text, ["anyOf": [["type": "integer"], ["type": "null"]]])
          ])
        ], "'a'"),
      Refused("a call to itself", [module(methods: [method()], calls: ["test.get"])], "its own"),
    ]
  }()

  @Test(arguments: refused.indices)
  func `what is not declared well is refused, and said why`(index: Int) {
    let refused = Self.refused[index]
    let error = #expect(throws: RegistryError.self, "\(refused.testDescription)") {
      try Registry(refused.modules)
    }
    for part in refused.says {
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
  }

  @Test func `a deadline's and an event's name must be a word`() {
    for name in ["", "a b", "a.b", "A", "a\"b"] {
      #expect(throws: RegistryError.self, "event '\(name)'") {
        try Registry([Self.module(events: [EventKind(name, Text("R", zh: "响"), payload: Self.open)])])
      }
      #expect(throws: RegistryError.self, "deadline '\(name)'") {
        try Registry([Self.module(deadlines: [DeadlineKind(name, Text("B", zh: "铃")) { _, _, _ in }])])
      }
    }
  }

  @Test func `checked params name the member at fault`() throws {
    let method = try #require(try Registry([Self.module(methods: [Self.method()])]).methods["test.get"])
    #expect(throws: Never.self) { try method.check(["id": "a"]) }
    for (params, pointer) in [(["id": 1], "/id"), (["of": 1], "/of")] as [(JSONObject, String)] {
      let error = #expect(throws: RPCError.self) { try method.check(params) }
      #expect(error?.kind == .invalidParams && error?.pointer == pointer)
      #expect(error?.message.zh.isEmpty == false)
    }
  }
}
