import StationKit

/// Methods for every kind of outcome.
enum WireModule {
  static func method(
    _ name: String, _ properties: JSONObject = [:], required: [JSONValue] = [], positional: [String] = [],
    permission: Permission = .role, discloses: Bool = false, runs handler: Handler
  ) -> Method {
    var example: JSONObject = [:]
    for key in required.compactMap(\.stringValue) { example[key] = "x" }
    return Method(
      name, Text("For tests", zh: "测试"),
      params: [
        "type": "object", "properties": .object(properties), "required": .array(required),
        "additionalProperties": false,
      ], positional: positional, result: [:], permission: permission, disclosesPersonalData: discloses,
      examples: [Example("One", params: .object(example), result: .null)], handler: handler)
  }

  static func module(_ gate: Wire.Gate) -> Module {
    let text: JSONValue = ["type": "string"]
    return Module(
      name: "t", title: Text("T", zh: "测"), version: "1",
      collections: [
        Collection(
          name: "item", summary: Text("I", zh: "物"), schema: ["type": "object"], retention: .forever)
      ],
      methods: [
        method(
          "echo", ["say": text, "twice": text], positional: ["say", "twice"],
          runs: .read { params, _, _ in
            .object(params.object)
          }),
        method("administer", runs: Handler(body: .deferred { _, _, done in done(.success([:])) })),
        method("fail", runs: .read { _, _, _ in throw RPCError(.wrongState) }),
        method("crash", runs: .read { _, _, _ in throw Problem() }),
        method(
          "need", ["say": text], required: ["say"], runs: .read { params, _, _ in params["say"] ?? .null }),
        method(
          "order", ["more": text, "need": text, "least": text], required: ["need"], positional: ["need"],
          discloses: true,
          runs: .read { params, _, _ in
            if params["need"] == "" { throw RPCError.notFound("need", "", pointer: "/need") }
            return .object(params.object)
          }),
        method(
          "person", discloses: true, runs: .read { _, _, tx in .string(try tx.get("item", "a")?.id ?? "") }),
        method(
          "make", ["id": text],
          runs: .write { params, context, tx in
            let record = try tx.create(
              "item", id: params["id"]?.stringValue, ["by": .string(context.principal.person)])
            return .string(record.id)
          }),
        method(
          "emit", ["unit": text, "count": ["type": "integer"]],
          runs: .write { params, _, tx in
            for _ in 0..<(params["count"]?.intValue ?? 1) {
              try tx.emit("done", ["station": params["unit"] ?? .null])
            }
            return .null
          }),
        method(
          "other", ["payload": ["type": "object"]],
          runs: .write { params, _, tx in
            try tx.emit("changed", params["payload"]?.objectValue ?? [:])
            return .null
          }),
        method(
          "wait",
          runs: .write { _, _, _ in
            gate.wait()
            return "waited"
          }),
        method("inner", permission: .modules, runs: .read { _, _, _ in .null }),
        method("open", permission: .everyone, runs: .inline { _, _ in "open" }),
        method(
          "big", ["bytes": ["type": "integer"]],
          runs: .read { params, _, _ in
            .string(String(repeating: "x", count: params["bytes"]?.intValue ?? 0))
          }),
        method(
          "cancel", ["id": ["type": ["string", "number", "null"]]], runs: Handler(body: .connection("cancel"))
        ),
        method(
          "check", ["method": text, "params": [:]], runs: Handler(body: .connection("check"))),
      ],
      events: [
        EventKind("done", Text("D", zh: "成"), payload: ["type": "object"]),
        EventKind("changed", Text("C", zh: "变"), payload: ["type": "object"]),
      ])
  }

  static let events = Module(
    name: "events", title: Text("E", zh: "事件"), version: "1",
    methods: [
      method(
        "subscribe", ["since": ["type": "integer"], "kinds": ["type": "array"]],
        runs: Handler(body: .connection("subscribe"))),
      method(
        "unsubscribe", ["subscription": ["type": "string"]], permission: .everyone,
        runs: Handler(body: .connection("unsubscribe"))),
    ])

  struct Problem: Error {}
}
