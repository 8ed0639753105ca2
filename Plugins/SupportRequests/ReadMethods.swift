import StationKit

extension SupportRequests {
  /// The methods that change nothing.
  static func readMethods(_ catalogue: Catalogue) -> [Method] {
    let reads = Reads(catalogue: catalogue)
    let lists = ListQuery(catalogue: catalogue)
    let figures = FiguresQuery(catalogue: catalogue)
    return [
      Method(
        "get", Text("Show one request, with personal data", zh: "查看支援请求（含个人信息）"),
        params: Schemas.object(["id": Schemas.requestID, "cycle": Schemas.cycleNumber], required: ["id"]),
        positional: ["id", "cycle"], result: whole,
        permission: .role, disclosesPersonalData: true,
        examples: [
          Example("A request", params: ["id": Examples.id], result: Examples.get),
          Example(
            "Its first cycle, after it was reopened", params: ["id": Examples.id, "cycle": 1],
            result: Examples.ended),
        ],
        handler: .read { try reads.get($0, $1, $2) }),
      Method(
        "list",
        Text(
          "List requests: open ones, immediate first and then by what is due next",
          zh: "列出支援请求（默认未关闭；特急在前，再按到期先后）"),
        params: Schemas.object([
          "department": Shapes.unit, "station": Shapes.unit, "reader": Shapes.unit,
          "state": Schemas.state, "open": Shapes.flag, "overdue": Shapes.flag, "order": Shapes.order,
          "limit": ["type": "integer", "minimum": 1, "maximum": .int(ListQuery.limitAtMost)],
          "cursor": Schemas.cursor,
        ]),
        result: Schemas.object(
          ["items": Shapes.list(Schemas.header), "next": Schemas.cursor], required: ["items"]),
        permission: .role,
        examples: [
          Example(
            "Open requests of a department", params: ["department": "command-centre", "limit": 1],
            result: [
              "items": [Examples.header(.submitted, version: 1)], "next": "21772416800000:SR-2026-000001",
            ]),
          Example(
            "What a unit may look at: also as an owner of the scenario, or as the branch",
            params: ["reader": "coordination-desk", "station": "st-01"],
            result: ["items": [Examples.header(.submitted, version: 1)]]),
        ],
        handler: .read { try lists.run($0, $1, $2) }),
      Method(
        "explain", Text("How the ends of a request's clocks came about", zh: "说明时限计算过程"),
        params: Schemas.object(["id": Schemas.requestID], required: ["id"]), positional: ["id"],
        result: explanation, permission: .role,
        examples: [Example("A request", params: ["id": Examples.id], result: Examples.explain)],
        handler: .read { try reads.explain($0, $1, $2) }),
      Method(
        "scenarios", Text("The catalogue of scenarios", zh: "支援场景目录"),
        params: Schemas.object([
          "department": Shapes.unit, "active": Shapes.flag, "order": Shapes.order,
          "limit": ["type": "integer", "minimum": 1, "maximum": 100], "cursor": Schemas.cursor,
        ]),
        result: Schemas.object(
          [
            "version": Schemas.short, "effective": Shapes.date,
            "items": Shapes.list(scenario),
            "next": Schemas.cursor,
          ], required: ["version", "effective", "items"]),
        permission: .role,
        examples: [
          Example(
            "The first scenario", params: ["limit": 1],
            result: [
              "version": "2026.1", "effective": "2026-01-01", "items": [catalogue.scenarios[0].json],
              "next": "1",
            ])
        ],
        handler: .read { params, _, _ in try reads.scenarios(params) }),
      Method(
        "figures",
        Text(
          "On-time rates, median and P90, redirects and feedback of a period, by date of opening",
          zh: "统计：按时率、中位数与九十分位、转办、反馈"),
        params: Schemas.object([
          "from": Shapes.date, "to": Shapes.date, "by": Shapes.words(FiguresQuery.Group.self),
          "department": Shapes.unit, "station": Shapes.unit, "scenario": Schemas.number,
          "target": ["type": "integer", "minimum": 0, "maximum": 100],
        ]),
        result: figuresResult, permission: .role,
        examples: [
          Example("A month", params: ["from": "2026-03-01", "to": "2026-03-31"], result: Examples.figures)
        ],
        handler: .read { try figures.run($0, $1, $2) }),
    ]
  }

  private static let whole: JSONValue = {
    var members = Schemas.headerMembers
    let percents: JSONValue = Shapes.list(Shapes.version)
    let more: JSONObject = [
      "cycle": Cycle.schema, "cycles": Shapes.version,
      "summary": Schemas.personal(Schemas.keptProse, .text), "opened_by": Schemas.short,
      "asked_by": Shapes.list(Schemas.short),
      "place": Schemas.personal(Schemas.short, .text), "contact": Schemas.shownContact, "facts": Facts.schema,
      "branch": Shapes.unit, "assigned": Shapes.unit,
      "approved_by": Schemas.short, "acknowledged_at": Shapes.instant, "completed_at": Shapes.instant,
      "feedback_due": Shapes.instant, "ended_at": Shapes.instant, "redirects": Shapes.count,
      "pauses": pauses,
      "rungs_fired": Schemas.object(
        ["response": percents, "support": percents], required: ["response", "support"]),
      "history": Shapes.list(Schemas.shownHistoryItem),
    ]
    members.merge(more)
    return Schemas.object(
      members,
      required: Schemas.headerMembers.keys + [
        "cycle", "cycles", "summary", "opened_by", "redirects", "pauses", "rungs_fired", "history",
      ])
  }()

  private static let pauses: JSONValue = [
    "type": "array",
    "items": Schemas.object(
      ["from": Shapes.instant, "to": Schemas.instantOrNull], required: ["from", "to"]),
  ]

  private static let ruleReference: JSONValue = Schemas.object(
    ["id": Schemas.short, "version": Schemas.short], required: ["id", "version"])

  private static let explanation: JSONValue = {
    let step = Schemas.object(
      [
        "code": ["type": "string", "format": "code"],
        "fields": ["type": "object", "additionalProperties": ["type": "string"]], "en": ["type": "string"],
        "zh": ["type": "string"],
      ], required: ["code", "fields", "en", "zh"])
    let term: JSONObject = [
      "clock": Shapes.words(TermName.self), "limit": Schemas.short, "rule": ruleReference,
      "start": Shapes.instant, "end": Shapes.instant, "due": Schemas.instantOrNull,
      "provisional": Shapes.flag,
      "calendar_version": Schemas.short, "steps_apply": Shapes.flag, "steps_calendar": Schemas.short,
      "pauses": pauses,
      "steps": Shapes.list(step),
    ]
    return Schemas.object(
      [
        "id": Schemas.requestID, "cycle": Cycle.schema,
        "terms": ["type": "array", "items": Schemas.object(term, required: term.keys)],
      ], required: ["id", "cycle", "terms"])
  }()

  private static let scenario: JSONValue = {
    let limits = Schemas.object(
      ["response": Schemas.short, "support": Schemas.short], required: ["response", "support"])
    let rule: JSONObject = [
      "id": Schemas.short, "version": Schemas.short, "effective": Shapes.date, "source": Schemas.short,
      "en": Schemas.short, "zh": Schemas.short,
    ]
    return Schemas.object(
      [
        "number": Schemas.number, "name": Schemas.names, "active": Shapes.flag, "owners": Schemas.units,
        "owners_note": Schemas.names, "branch": Shapes.words(Scenario.Branch.self),
        "limits": Schemas.object(
          ["immediate": limits, "urgent": limits, "routine": limits],
          required: ["immediate", "urgent", "routine"]),
        "source": Schemas.short, "version": Schemas.short,
        "rules": ["type": "array", "items": Schemas.object(rule, required: rule.keys)],
      ],
      required: ["number", "name", "active", "owners", "branch", "limits", "source", "version", "rules"])
  }()

  private static let figuresResult: JSONValue = {
    var group = Figures.members
    group["key"] = ["type": ["string", "integer"]]
    return Schemas.object(
      [
        "from": Shapes.date, "to": Shapes.date, "rule": ruleReference,
        "method": ["type": "string", "enum": ["nearest_rank"]],
        "by": Shapes.words(FiguresQuery.Group.self),
        "total": Schemas.object(Figures.members, required: Figures.members.keys),
        "groups": ["type": "array", "items": Schemas.object(group, required: group.keys)],
      ], required: ["from", "to", "rule", "method"])
  }()
}
