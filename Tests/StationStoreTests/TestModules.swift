import StationKit

/// The modules of the tests: `test`, whose methods run scripts, and `other`, which it may call.
enum TestModules {
  static func all(_ scripts: Scripts) -> [Module] { [test(scripts), other] }

  static let item = Collection(
    name: "item", summary: Text("Things", zh: "物"),
    schema: [
      "type": "object",
      "properties": [
        "name": ["type": "string"], "group": ["type": "string"], "rank": ["type": ["integer", "null"]],
        "note": ["type": "string"],
      ], "required": ["name"], "additionalProperties": false,
    ],
    fields: [.init("name", .text), .init("group", .text), .init("rank", .integer)],
    indexes: [
      .init("by_name", on: ["name"], unique: true), .init("by_group", on: ["group", "rank"]),
      .init("by_rank", on: ["rank"]), .init("grouped", on: ["name"], holding: ["group"]),
    ], retention: .forever)

  static let setting = Collection(
    name: "setting", summary: Text("Read often", zh: "常读"), schema: ["type": "object"], retention: .forever,
    cached: true)

  static func method(
    _ name: String, discloses: Bool = false, steady: Bool = false, permission: Permission = .role,
    _ handler: Handler
  ) -> Method {
    Method(
      name, Text("For tests", zh: "测试"),
      params: [
        "type": "object", "properties": ["script": ["type": "integer"], "say": ["type": "string"]],
        "additionalProperties": false,
      ], result: [:], permission: permission, disclosesPersonalData: discloses,
      isSteady: steady, examples: [Example("One", params: [:], result: .null)], handler: handler)
  }

  static func test(
    _ scripts: Scripts, collections: [Collection] = [item, setting], writeDiscloses: Bool = false
  ) -> Module {
    Module(
      name: "test", title: Text("Test", zh: "测试"), version: "1", collections: collections,
      methods: [
        method("run", discloses: writeDiscloses, .write { try scripts.run($0, $1, $2) }),
        method("look", .read { try scripts.look($0, $1, $2) }),
        method("disclose", discloses: true, .read { try scripts.look($0, $1, $2) }),
      ],
      deadlines: [
        DeadlineKind("bell", Text("Rings", zh: "响")) { try scripts.fire($0, $1, $2) }
      ],
      events: [
        EventKind(
          "rung", Text("It rang", zh: "响了"),
          payload: [
            "type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"],
            "additionalProperties": false,
          ])
      ],
      calls: ["other.echo", "other.keep", "other.circle", "other.tally", "other.relay"])
  }

  static let other = Module(
    name: "other", title: Text("Other", zh: "另一个"), version: "1",
    collections: [
      Collection(
        name: "kept", summary: Text("Kept", zh: "保存"),
        schema: ["type": "object", "properties": ["say": ["type": "string"]]], retention: .forever)
    ],
    methods: [
      method(
        "echo",
        .read { params, context, _ in
          ["said": params["say"] ?? .null, "method": .string(context.method)]
        }),
      method(
        "keep", permission: .modules,
        .write { params, _, tx in
          .string(try tx.create("kept", id: nil, ["say": params["say"] ?? ""]).id)
        }),
      method("circle", .read { params, _, tx in try tx.call("test.look", params.object) }),
      // Not the same whenever it is asked, as a steady method is: so that a test sees when it was asked.
      method(
        "tally", steady: true,
        .read { _, context, tx in
          [.int(try tx.query(Query("kept")).records.count), .int(Int(context.now.milliseconds))]
        }),
      method("relay", steady: true, .read { params, _, tx in try tx.call("test.look", params.object) }),
      method("secret", .read { _, _, _ in "secret" }),
    ],
    calls: ["test.look"])
}
