import StationKit

extension SupportRequests {
  /// The methods that change nothing.
  static func readMethods(_ catalogue: Catalogue) -> [Method] {
    let reads = Reads(catalogue: catalogue)
    let lists = ListQuery()
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
          "List requests: open ones, immediate first and then by what is due next", zh: "列出支援请求（紧急在前，按到期先后）"),
        params: Schemas.object([
          "department": Schemas.unit, "station": Schemas.unit, "state": Schemas.state, "open": Schemas.flag,
          "overdue": Schemas.flag, "order": Schemas.order,
          "limit": ["type": "integer", "minimum": 1, "maximum": .int(ListQuery.limitAtMost)],
          "cursor": Schemas.cursor,
        ]),
        result: Schemas.object(
          ["items": ["type": "array", "items": Schemas.header], "next": Schemas.cursor], required: ["items"]),
        permission: .role,
        examples: [
          Example(
            "Open requests of a department", params: ["department": "command-centre", "limit": 1],
            result: [
              "items": [Examples.header(.submitted, version: 1)], "next": "21772416800000:SR-2026-000001",
            ])
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
          "department": Schemas.unit, "active": Schemas.flag, "order": Schemas.order,
          "limit": ["type": "integer", "minimum": 1, "maximum": 100], "cursor": Schemas.cursor,
        ]),
        result: Schemas.object(
          [
            "version": Schemas.short, "effective": Schemas.date,
            "items": ["type": "array", "items": scenario],
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
          "from": Schemas.date, "to": Schemas.date, "by": Schemas.words(FiguresQuery.Group.allCases),
          "department": Schemas.unit, "station": Schemas.unit, "scenario": Schemas.number,
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
    let percents: JSONValue = ["type": "array", "items": Schemas.version]
    let more: JSONObject = [
      "cycle": Cycle.schema, "cycles": Schemas.version,
      "summary": Schemas.personal(Schemas.keptProse, .text), "opened_by": Schemas.short,
      "asked_by": ["type": "array", "items": Schemas.short],
      "place": Schemas.personal(Schemas.short, .text), "contact": Schemas.shownContact, "facts": Facts.schema,
      "branch": Schemas.unit, "assigned": Schemas.unit,
      "approved_by": Schemas.short, "acknowledged_at": Schemas.instant, "completed_at": Schemas.instant,
      "feedback_due": Schemas.instant, "ended_at": Schemas.instant, "redirects": Schemas.count,
      "pauses": pauses,
      "rungs_fired": Schemas.object(
        ["response": percents, "support": percents], required: ["response", "support"]),
      "history": ["type": "array", "items": Schemas.shownHistoryItem],
    ]
    for (name, schema) in more { members[name] = schema }
    return Schemas.object(
      members,
      required: Schemas.headerMembers.keys + [
        "cycle", "cycles", "summary", "opened_by", "redirects", "pauses", "rungs_fired", "history",
      ])
  }()

  private static let pauses: JSONValue = [
    "type": "array",
    "items": Schemas.object(
      ["from": Schemas.instant, "to": Schemas.instantOrNull], required: ["from", "to"]),
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
      "clock": Schemas.words(TermName.allCases), "limit": Schemas.short, "rule": ruleReference,
      "start": Schemas.instant, "end": Schemas.instant, "due": Schemas.instantOrNull,
      "provisional": Schemas.flag,
      "calendar_version": Schemas.short, "steps_apply": Schemas.flag, "steps_calendar": Schemas.short,
      "pauses": pauses,
      "steps": ["type": "array", "items": step],
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
      "id": Schemas.short, "version": Schemas.short, "effective": Schemas.date, "source": Schemas.short,
      "en": Schemas.short, "zh": Schemas.short,
    ]
    return Schemas.object(
      [
        "number": Schemas.number, "name": Schemas.names, "active": Schemas.flag, "owners": Schemas.units,
        "owners_note": Schemas.names, "branch": Schemas.words(Scenario.Branch.allCases),
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
        "from": Schemas.date, "to": Schemas.date, "rule": ruleReference,
        "method": ["type": "string", "enum": ["nearest_rank"]],
        "by": Schemas.words(FiguresQuery.Group.allCases),
        "total": Schemas.object(Figures.members, required: Figures.members.keys),
        "groups": ["type": "array", "items": Schemas.object(group, required: group.keys)],
      ], required: ["from", "to", "rule", "method"])
  }()
}
