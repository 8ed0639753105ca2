import StationKit

/// `approval.*`: four eyes. One person asks, another sees what is asked and decides, and it expires. Asking again
/// for the same takes the former request back.
///
/// A module asks with `approval.request` inside its own transaction, and later takes the decision with
/// `approval.consume`, once, for exactly the action, subject and payload that were approved.
package enum Approval {
  package static func module() -> Module {
    Module(
      name: "approval", title: Text("Approval by a second person", zh: "双人审批"), version: "1.0",
      words: words,
      collections: [collection],
      methods: [
        request, get, list, decide("approve", "approved"), decide("reject", "rejected"), consume, withdraw,
        forget,
      ],
      deadlines: [expiry],
      events: [
        EventKind(
          "requested", Text("Something waits for a second person", zh: "有待审批事项"), payload: eventSchema),
        EventKind(
          "decided", Text("It was decided, superseded by another request, or expired", zh: "审批已决定、被新申请取代或过期"),
          payload: eventSchema),
      ],
      rules: [
        Rule(
          id: secondPerson, version: "1", effective: "2026-01-01",
          source: "four-eyes principle of this system",
          summary: Text(
            "Who asks does not decide, nor whom the request excludes", zh: "申请人及申请所列回避人员不得审批")),
        Rule(
          id: noteText, version: "1", effective: "2026-01-01",
          source: "Personal Information Protection Law, article 6",
          summary: Text("No ID number and no coordinates in a note", zh: "审批意见中不得出现公民身份号码和地理坐标")),
      ])
  }

  static let secondPerson = "approval.second_person"
  static let noteText = "approval.text"

  static let states: [JSONValue] = [
    "pending", "approved", "rejected", "superseded", "expired", "consumed",
  ]
  private static let properties: JSONObject = [
    "module": ["type": "string"], "action": ["type": "string", "maxLength": 64],
    "subject": ["type": "string", "maxLength": 128], "payload": ["type": "object"],
    "state": ["type": "string", "enum": .array(states)], "requested_by": ["type": "string"],
    "requested_at": Shapes.instant, "expires_at": Shapes.instant, "decided_by": ["type": "string"],
    "decided_at": Shapes.instant, "note": ["type": "string", "maxLength": 500],
    "unit": Shapes.unit, "not_by": people, "about": ["type": "string", "maxLength": 128],
  ]
  /// Names of persons as `Principal.person` makes them.
  private static let people = Shapes.list(["type": "string", "maxLength": 200], max: 20)
  private static let required = [
    "module", "action", "subject", "payload", "state", "requested_by", "requested_at", "expires_at",
  ]
  private static let collection = Collection(
    name: "request", summary: Text("A request for approval", zh: "审批申请"),
    schema: Shapes.object(properties, required: required),
    fields: [.init("state", .text), .init("about", .text), .init("subject", .text)],
    indexes: [
      .init("by_state", on: ["state"]), .init("by_about", on: ["about"]),
      .init("by_subject", on: ["subject", "state"]),
    ],
    personal: ["/payload", "/note"], retention: .years(10, after: "expires_at"))

  /// Members that no header has.
  private static let hidden = ["payload", "note", "about"]
  private static let header: JSONObject = {
    var header = properties
    for name in hidden { header[name] = nil }
    header["id"] = Shapes.text
    header["version"] = Shapes.count
    return header
  }()
  static let headerSchema = Shapes.object(
    header, required: required.filter { $0 != "payload" } + ["id", "version"])
  private static let eventSchema = Shapes.object(
    [
      "id": Shapes.text, "action": Shapes.text, "subject": Shapes.text, "state": Shapes.text,
      // Whose approvers hear of it; nobody's in particular where it is not there.
      "to": Shapes.list(Shapes.unit),
    ], required: ["id", "action", "subject", "state"])
  static let exampleHeader: JSONValue = [
    "id": "0197a0c0-0000-7000-8000-000000000001", "version": 1, "module": "support",
    "action": "support.approve", "subject": "SR-2026-000001", "state": "pending",
    "requested_by": "uid:1000", "requested_at": "2026-11-22T09:50:35.123+08:00",
    "expires_at": "2026-11-23T09:50:35.123+08:00",
  ]
  /// The same after its decision.
  static func exampleDecided(_ state: String, version: Int = 2) -> JSONValue {
    var header = exampleHeader.objectValue ?? [:]
    header["version"] = .int(version)
    header["state"] = .string(state)
    header["decided_by"] = "uid:1001"
    header["decided_at"] = "2026-11-22T10:15:00.000+08:00"
    return .object(header)
  }

  static func shown(_ record: Record) -> JSONValue {
    var object = record.body
    for name in hidden { object[name] = nil }
    object["id"] = .string(record.id)
    object["version"] = .int(record.version)
    return .object(object)
  }

  static func announce(
    _ event: String, _ record: Record, _ tx: any Transaction
  ) throws {
    var payload: JSONObject = [
      "id": .string(record.id), "action": record["action"] ?? .null,
      "subject": record["subject"] ?? .null, "state": record["state"] ?? .null,
    ]
    payload["to"] = record["unit"].map { [$0] }
    try tx.emit(event, payload)
  }

  private static let request = Method(
    "request", Text("Ask for a second person's approval", zh: "申请审批"),
    params: Shapes.object(
      [
        "action": ["type": "string", "minLength": 1, "maxLength": 64],
        "subject": ["type": "string", "minLength": 1, "maxLength": 128], "payload": ["type": "object"],
        "hours": ["type": "integer", "minimum": 1, "maximum": 720],
        "unit": Shapes.unit, "not_by": people,
        // The subject of the module's personal data that the payload tells of: the request is erased with it.
        "about": ["type": "string", "minLength": 1, "maxLength": 128],
      ], required: ["action", "subject", "payload", "hours"]), result: headerSchema, permission: .modules,
    examples: [
      Example(
        "From a module",
        params: ["action": "support.approve", "subject": "SR-2026-000001", "payload": [:], "hours": 24],
        result: exampleHeader)
    ],
    handler: .write { params, context, tx in
      let action = try params.string("action")
      try supersede(action, subject: try params.string("subject"), tx)
      let expires = context.now.adding(hours: try params.int("hours"))
      var body: JSONObject = [
        "module": .string(String(action.prefix { $0 != "." })), "action": .string(action),
        "subject": .string(try params.string("subject")), "payload": params["payload"] ?? [:],
        "state": "pending", "requested_by": .string(context.principal.person),
        "requested_at": context.now.text(context.zone),
        "expires_at": expires.text(context.zone),
      ]
      for name in ["unit", "not_by", "about"] { body[name] = params[name] }
      let record = try tx.create("request", id: nil, body)
      try tx.schedule("expiry", subject: record.id, due: expires, payload: [:])
      try announce("requested", record, tx)
      return shown(record)
    })

  private static let consume = Method(
    "consume", Text("Take an approval, once, for what was approved", zh: "使用审批结果（一次）"),
    params: Shapes.object([
      "id": Shapes.text, "action": Shapes.text, "subject": Shapes.text, "payload": ["type": "object"],
    ]), result: headerSchema, permission: .modules,
    examples: [
      Example(
        "From the module that asked",
        params: [
          "id": "0197a0c0-0000-7000-8000-000000000001", "action": "support.approve",
          "subject": "SR-2026-000001", "payload": [:],
        ], result: exampleDecided("consumed", version: 3))
    ],
    handler: .write { params, context, tx in
      let record = try find(try params.string("id"), tx)
      guard record["state"] == "approved", record["action"] == params["action"],
        record["subject"] == params["subject"], record["payload"] == params["payload"]
      else { throw RPCError(.approvalRequired, pointer: "/id") }
      try requireCurrent(record, context)
      var body = record.body
      body["state"] = "consumed"
      let changed = try tx.put("request", record.id, version: record.version, body)
      try tx.cancel("expiry", subject: record.id)
      return shown(changed)
    })

  private static let withdraw = Method(
    "withdraw", Text("Take back what was asked about a subject and is not used yet", zh: "撤回尚未使用的审批申请"),
    params: Shapes.object(["module": Shapes.text, "subject": Shapes.text]),
    result: Shapes.object(["withdrawn": Shapes.count]), permission: .modules,
    examples: [
      Example(
        "Of a case that is over", params: ["module": "support", "subject": "SR-2026-000001"],
        result: ["withdrawn": 1])
    ],
    handler: .write { params, _, tx in
      let subject = try params.string("subject")
      var withdrawn = 0
      for state in ["pending", "approved"] {
        withdrawn += try supersede(state, subject: subject, tx) { $0["module"] == params["module"] }
      }
      return ["withdrawn": .int(withdrawn)]
    })

  private static let forget = Method(
    "forget", Text("Erase the requests that tell of a subject which a module erases", zh: "随主体删除相关审批申请"),
    params: Shapes.object(["module": Shapes.text, "about": Shapes.text]),
    result: Shapes.object(["erased": Shapes.count]), permission: .modules,
    examples: [
      Example(
        "With an account", params: ["module": "stoploss", "about": "0197a0c0-0000-7000-8000-000000000001"],
        result: ["erased": 1])
    ],
    handler: .write { params, _, tx in
      let module = params["module"]
      let about = Query("request", index: "by_about", equals: [.text(try params.string("about"))], limit: 100)
      var erased = 0
      for record in try tx.all(about) where record["module"] == module {
        try tx.cancel("expiry", subject: record.id)
        erased += try tx.erase(subject: record.id)
      }
      return ["erased": .int(erased)]
    })

  private static let expiry = DeadlineKind(
    "expiry", Text("A request that nobody decided or used expires", zh: "审批过期")
  ) { deadline, _, tx in
    guard let record = try tx.get("request", deadline.subject),
      record["state"] == "pending" || record["state"] == "approved"
    else { return }
    var body = record.body
    body["state"] = "expired"
    let changed = try tx.put("request", record.id, version: record.version, body)
    try announce("decided", changed, tx)
  }
}
