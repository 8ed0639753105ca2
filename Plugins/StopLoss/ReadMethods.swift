import StationKit

extension StopLoss {
  /// The methods that change nothing.
  static func readMethods(_ policy: Policy) -> [Method] {
    let reports = ReportReads(policy: policy)
    let graph = GraphReads(policy: policy)
    let trace = Trace(policy: policy)
    let stops = StopReads(policy: policy)
    let figures = FiguresQuery(policy: policy)
    return [
      Method(
        "get", Text("Show one report, with personal data", zh: "查看报案（含个人信息）"),
        params: Shapes.object(["id": Schemas.reportID]), positional: ["id"], result: wholeReport,
        permission: .role, disclosesPersonalData: true,
        examples: [Example("A report", params: ["id": Examples.reportID], result: Examples.get)],
        handler: .read { try reports.get($0, $1, $2) }),
      Method(
        "list", Text("List reports, the newest first", zh: "列出报案"),
        params: listParams(["fraud_type": Shapes.text(max: 40)]),
        result: Scoped.list(of: Shapes.object(Report.headerMembers)), permission: .role,
        examples: [
          Example("A station's", params: ["station": "st-02"], result: ["items": [.object(Examples.header)]])
        ],
        handler: .read { try reports.list($0, $1, $2) }),
      Method(
        "account", Text("Show an account by its id or its exact number", zh: "按编号或账号精确查询账户"),
        params: Shapes.object(
          ["id": Schemas.id, "number": Shapes.personal(.number, max: 64)], required: []),
        positional: ["id"],
        result: Shapes.object(["items": Shapes.list(accountItem)]), permission: .role,
        disclosesPersonalData: true,
        examples: [
          Example("By id", params: ["id": Examples.accountID], result: ["items": [Examples.account]])
        ],
        handler: .read { try reports.account($0, $1, $2) }),
      Method(
        "trace",
        Text(
          "Which accounts hold how much of a victim's money, or whose money an account holds",
          zh: "资金追踪：哪些账户持有被害人多少资金，或账户持有何人资金"),
        params: Shapes.object(["report": Schemas.reportID, "account": Schemas.id], required: []),
        positional: ["report"], result: Trace.result, permission: .role, disclosesPersonalData: true,
        examples: [Example("Of a report", params: ["report": Examples.reportID], result: Examples.trace)],
        handler: .read { try trace.run($0, $1, $2) }),
      Method(
        "next",
        Text("What to stop next: most money first, then the least time gone", zh: "下一步应止付的账户（金额大者先，时间近者先）"),
        params: listParams([:]),
        result: Scoped.list(of: GraphReads.nextItem, more: ["rule": Schemas.rule]), permission: .role,
        examples: [Example("The first", params: ["limit": 1], result: Examples.next)],
        handler: .read { try graph.next($0, $1, $2) }),
      Method(
        "shared_accounts", Text("Accounts that appear in several reports", zh: "多案共用账户"),
        params: listParams(["at_least": ["type": "integer", "minimum": 2, "maximum": 1_000_000]]),
        result: Scoped.list(of: GraphReads.sharedItem), permission: .role,
        examples: [Example("In two or more", params: [:], result: ["items": [Examples.shared]])],
        handler: .read { try graph.shared($0, $1, $2) }),
      Method(
        "stop.get", Text("Show one stop with its history", zh: "查看止付"),
        params: Shapes.object(["id": Schemas.id]), positional: ["id"], result: StopReads.whole,
        permission: .role,
        examples: [Example("A stop", params: ["id": Examples.stopID], result: Examples.wholeStop)],
        handler: .read { try stops.get($0, $1, $2) }),
      Method(
        "stop.list", Text("List stops of a state, the longest waiting first", zh: "按状态列出止付"),
        params: listParams(["state": Schemas.state], required: ["state"]), positional: ["state"],
        result: Scoped.list(of: Stop.headerSchema), permission: .role,
        examples: [
          Example(
            "Those that wait for a bank", params: ["state": "stop_requested"],
            result: ["items": [Examples.stop(.stopRequested, version: 1)]])
        ],
        handler: .read { try stops.list($0, $1, $2) }),
      Method(
        "alarms", Text("What ends next, over stops and freezes", zh: "即将到期的止付与冻结"),
        params: listParams(["within_hours": ["type": "integer", "minimum": 0, "maximum": 100_000]]),
        result: Scoped.list(of: StopReads.alarm), permission: .role,
        examples: [
          Example("Within half a day", params: ["within_hours": 12], result: ["items": [Examples.alarm]])
        ],
        handler: .read { try stops.alarms($0, $1, $2) }),
      Method(
        "explain", Text("How the ends of a stop's terms came about", zh: "说明期限计算过程"),
        params: Shapes.object(["id": Schemas.id]), positional: ["id"], result: StopReads.explanation,
        permission: .role,
        examples: [Example("A stop", params: ["id": Examples.stopID], result: Examples.explain)],
        handler: .read { try stops.explain($0, $1, $2) }),
      Method(
        "figures",
        Text(
          "Report-to-stop, money held and returned, lapses, wrong releases and patterns, by the day of the report",
          zh: "统计：止付用时、止付率、返还率、到期未处置、误冻解除及案件特征"),
        params: Shapes.object(
          [
            "from": Shapes.date, "to": Shapes.date, "by": Shapes.words(FiguresQuery.Group.self),
            "station": Shapes.unit,
          ], required: []),
        result: FiguresQuery.result, permission: .role,
        examples: [
          Example("A month", params: ["from": "2026-03-01", "to": "2026-03-31"], result: Examples.figures)
        ],
        handler: .read { try figures.run($0, $1, $2) }),
    ]
  }

  private static func listParams(_ more: JSONObject, required: [String] = []) -> JSONValue {
    Shapes.object(more.merging(Scoped.params), required: required)
  }

  private static let particulars: JSONObject = [
    "number": Shapes.personal(.number, max: 64), "kind": Account.kindSchema, "bank": Schemas.bank,
    "holders": Shapes.list(Shapes.personal(.name, max: 128)),
    "credit_code": Shapes.personal(.number, max: 18),
  ]

  private static let accountItem: JSONValue = {
    var members = particulars
    members.merge(ReportReads.positionMembers)
    members["reports"] = Shapes.list(Schemas.reportID)
    return Shapes.object(members, required: ReportReads.positionRequired + ["number", "reports"])
  }()

  private static let wholeReport: JSONValue = {
    var account = particulars
    account["account"] = Schemas.id
    account["role"] = ["type": "string", "enum": ["victim", "suspect"]]
    var members = Report.headerMembers
    members["age_band"] = AgeBand.schema
    members["rules_on"] = Shapes.date
    members["key"] = Schemas.key
    members["victim"] = Victim.schema
    members["corrections"] = Shapes.list(Correction.shownSchema)
    members["summary"] = Schemas.prose
    members["report_to_stop_s"] = Shapes.count
    members["accounts"] = Shapes.list(Shapes.object(account, required: ["account", "role"]))
    members["transfers"] = Shapes.list(
      Shapes.object(
        [
          "at": Shapes.instant, "amount": Schemas.amount, "from": Schemas.id, "to": Schemas.id,
          "reference": Schemas.reference,
        ], required: ["at", "amount", "from", "to"]))
    members["stops"] = Shapes.list(Stop.headerSchema)
    return Shapes.object(
      members, required: Report.headerMembers.keys + ["age_band", "rules_on", "victim", "stops"])
  }()
}
