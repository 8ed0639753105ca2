import StationKit

/// `stoploss.report`, `stoploss.import`, `stoploss.add_transfers`.
struct IntakeMethods: Sendable {
  let intake: Intake
  private let item: JSONSchema

  init(_ policy: Policy) throws {
    intake = Intake(policy: policy)
    item = try JSONSchema(IntakeSchemas.item(policy))
  }

  var all: [Method] { [report, importReports, addTransfers] }

  private var report: Method {
    Method(
      "report", Text("Enter a fraud report with its accounts and transfers", zh: "录入电诈警情及涉案账户、转账"),
      params: IntakeSchemas.single(intake.policy), result: Self.answer, permission: .role,
      examples: [
        Example(
          "A call, ten minutes after the money left", params: Examples.report, result: Examples.reported)
      ],
      handler: .write { params, context, tx in
        var stations: Set<String> = []
        switch try intake.prepare(params.object, at: "", stations: &stations, context, tx) {
        case .duplicate(let record): return try duplicate(record, context, tx)
        case .fresh(let draft):
          return try answer(intake.commit(draft, context, tx), context, outcome: "accepted")
        }
      })
  }

  private var importReports: Method {
    Method(
      "import",
      Text(
        "Enter up to 500 reports in one call; each has a key of the caller's, and repeating enters nothing twice",
        zh: "批量录入（至多五百件，按调用方键去重）"),
      params: Shapes.object([
        "reports": [
          "type": "array", "minItems": 1, "maxItems": .int(Limits.reportsPerImport), "items": Self.anyItem,
        ]
      ]), result: Self.importAnswer, permission: .role,
      examples: [
        Example(
          "One report that was sent before", params: ["reports": [Examples.importItem]],
          result: [
            "accepted": 0, "duplicate": 1, "refused": 0,
            "items": [["key": "call-4711", "outcome": "duplicate", "id": Examples.reportID]],
          ])
      ],
      handler: .write { params, context, tx in try runImport(params, context, tx) })
  }

  private func runImport(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue
  {
    var counts = ["accepted": 0, "duplicate": 0, "refused": 0]
    var stations: Set<String> = []
    let reports = params["reports"]?.arrayValue ?? []
    let items: [JSONValue] = try reports.enumerated().map { place, value in
      var answer = JSONObject()
      if let key = value["key"]?.stringValue, key.utf8.count <= 128 { answer["key"] = .string(key) }
      let outcome: String
      do {
        (outcome, answer["id"]) = try enter(
          value, at: "/reports/\(place)", stations: &stations, context, tx)
      } catch let error as RPCError where Self.concernsItem(error.kind) {
        outcome = "refused"
        answer["error"] = Self.shown(error)
      }
      answer["outcome"] = .string(outcome)
      counts[outcome, default: 0] += 1
      return .object(answer)
    }
    var result = JSONObject()
    for name in ["accepted", "duplicate", "refused"] { result[name] = .int(counts[name] ?? 0) }
    result["items"] = .array(items)
    return .object(result)
  }

  /// Everything is checked before anything is written, so that a refused item leaves nothing behind.
  private func enter(
    _ value: JSONValue, at pointer: String, stations: inout Set<String>, _ context: CallContext,
    _ tx: any Transaction
  ) throws -> (outcome: String, id: JSONValue) {
    if let violation = item.validate(value) {
      throw RPCError.invalid(
        Text(
          "Invalid report: \(violation.message)", zh: "报案内容无效：\(violation.pointer) \(violation.chinese)"),
        pointer: pointer + violation.pointer.description)
    }
    switch try intake.prepare(value.objectValue ?? [:], at: pointer, stations: &stations, context, tx) {
    case .duplicate(let record): return ("duplicate", .string(record.id))
    case .fresh(let draft): return ("accepted", .string(try intake.commit(draft, context, tx).record.id))
    }
  }

  private static func concernsItem(_ kind: ErrorKind) -> Bool {
    switch kind {
    case .invalidParams, .refusedByRule, .notFound, .denied: true
    default: false
    }
  }

  private static func shown(_ error: RPCError) -> JSONValue {
    var shown: JSONObject = [
      "kind": .string(error.kind.rawValue), "message": .string(error.message.en),
      "message_zh": .string(error.message.zh),
    ]
    if let pointer = error.pointer { shown["pointer"] = .string(pointer) }
    if let rule = error.rule { shown["rule"] = .string(rule) }
    return .object(shown)
  }

  private var addTransfers: Method {
    Method(
      "add_transfers",
      Text(
        "Add transfers that became known later, with the accounts that they lead to; equal ones are not added twice",
        zh: "补录转账及新涉账户（相同转账不重复计入）"),
      params: Shapes.object(
        [
          "id": Schemas.reportID, "version": Shapes.version,
          "accounts": Shapes.list(IntakeSchemas.account, max: Limits.accountsPerCall),
          "transfers": IntakeSchemas.transfers,
        ], required: ["id", "transfers"]),
      positional: ["id"], result: Self.answer, permission: .role,
      examples: [
        Example("The money went on", params: Examples.furtherTransfers, result: Examples.transfersAdded)
      ],
      handler: .write { params, context, tx in
        let (record, report) = try Reports.find(params, pointer: "/id", intake.policy, context, tx)
        try record.requireVersion(params["version"])
        try ReportSteps.requireOpen(report, pointer: "/id")
        let (entered, duplicates) = try intake.add(params, to: record, report, context, tx)
        var result = try answer(entered, context, outcome: "accepted").objectValue ?? [:]
        result["duplicates"] = .array(duplicates.map(JSONValue.int))
        return .object(result)
      })
  }

  private func answer(_ entered: Intake.Entered, _ context: CallContext, outcome: String) throws -> JSONValue
  {
    var result = entered.report.header(
      id: entered.record.id, version: entered.record.version, zone: context.zone)
    result["outcome"] = .string(outcome)
    result["steps"] = try NextSteps(policy: intake.policy, context: context).json(
      entered.report, entered.accounts)
    return .object(result)
  }

  private func duplicate(
    _ record: Record, _ context: CallContext, _ tx: any ReadTransaction
  ) throws -> JSONValue {
    guard let report = Report(record.body) else { throw RPCError(.internalError) }
    let own = try report.accounts.compactMap { id in
      try tx.get("account", id).flatMap { Account($0.body) }.map { (id: id, account: $0) }
    }
    let accounts = try own + Trace.further(record.id, report, tx)
    return try answer(
      Intake.Entered(record: record, report: report, accounts: accounts), context, outcome: "duplicate")
  }

  private static let outcome: JSONValue = ["type": "string", "enum": ["accepted", "duplicate", "refused"]]

  private static let answer: JSONValue = {
    var members = Report.headerMembers
    members["outcome"] = outcome
    members["steps"] = NextSteps.schema
    members["duplicates"] = Shapes.list(Shapes.count)
    return Shapes.object(members, required: Report.headerMembers.keys + ["outcome", "steps"])
  }()

  /// Anything: what is wrong with one item must not refuse the others.
  private static let anyItem: JSONValue = [
    "description":
      "As the params of stoploss.report, with a key. What is wrong with one is told in its own answer."
  ]

  private static let importAnswer: JSONValue = Shapes.object([
    "accepted": Shapes.count, "duplicate": Shapes.count, "refused": Shapes.count,
    "items": Shapes.list(
      Shapes.object(
        [
          "key": Schemas.key, "outcome": outcome, "id": Schemas.reportID,
          "error": Shapes.object(
            [
              "kind": Shapes.text(max: 40), "message": Schemas.short, "message_zh": Schemas.short,
              "pointer": Schemas.short, "rule": Shapes.text(max: 64),
            ], required: ["kind", "message", "message_zh"]),
        ], required: ["outcome"])),
  ])
}
