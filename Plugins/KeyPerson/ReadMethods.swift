import StationKit

extension KeyPerson {
  /// What can be read. There is no list of records, no search and no export, here or anywhere.
  static func readMethods(_ rules: Rules) -> [Method] {
    [get(rules), extract(rules), noticeGet, tasks(rules), explain(rules), figures(rules)]
  }

  private static let exactly: JSONObject = [
    "id": Schemas.recordID, "id_number": Schemas.idNumber, "category": Schemas.category,
    "instrument": Shapes.text(max: 64), "task": Schemas.taskID,
  ]

  private static let task: JSONObject = [
    "task": Schemas.taskID, "kind": Schemas.taskKind, "due": Shapes.instant, "state": Schemas.taskState,
    "provisional": Shapes.flag, "at": Shapes.instant, "in_time": Shapes.flag, "excuse": Schemas.excuse,
    "outcome": Schemas.visitOutcome,
  ]

  private static let shown: JSONObject = [
    "id": Schemas.recordID, "version": Shapes.version, "state": Schemas.state, "category": Schemas.category,
    "part": Schemas.part, "purpose": Schemas.purpose, "station": Shapes.unit, "owner": Shapes.unit,
    "rules_on": Shapes.date, "from": Shapes.date, "to": Shapes.date, "next_review": Shapes.date,
    "renewals": Shapes.count, "corrections": Shapes.count, "clean_since": Shapes.date,
    "contact": Shapes.words(ContactState.self), "support": Shapes.text(max: 64),
    "episodes": Shapes.list(
      Shapes.object(
        ["at": Shapes.instant, "outcome": Schemas.outcome, "handover_to": Schemas.handoverTo],
        required: ["at", "outcome"])),
    "name": PersonalShapes.name, "id_number": PersonalShapes.idNumber, "phone": PersonalShapes.phone,
    "guardian": PersonalShapes.guardian, "instrument": PersonalShapes.instrument,
    "consent": PersonalShapes.document, "care_need": PersonalShapes.careNeed,
    "duties": Shapes.list(
      Shapes.object(
        [
          "duty": Shapes.text(max: 64), "kind": Schemas.taskKind, "first_due": Shapes.instant,
          "every_days": Schemas.everyDays, "every_months": Schemas.everyMonths,
          // Of those that have ended, which the extract alone tells.
          "ended": Shapes.instant, "grace_hours": Schemas.graceHours, "consent": PersonalShapes.agreement,
        ], required: ["duty", "kind", "first_due", "grace_hours"])),
    "tasks": Shapes.list(Shapes.object(task, required: ["task", "kind", "due", "state"])),
  ]

  private static let required = [
    "id", "version", "state", "category", "purpose", "station", "owner", "rules_on", "from", "to",
    "next_review", "renewals", "corrections", "contact", "episodes", "name", "instrument", "duties", "tasks",
  ]

  private static func get(_ rules: Rules) -> Method {
    var members = shown
    members["counterpart"] = Schemas.recordID
    return Method(
      "get", Text("Read one record by an exact identifier, for a purpose", zh: "按准确标识查阅一份记录（须说明用途）"),
      params: Shapes.object(exactly, required: []), positional: ["id"],
      result: Shapes.object(members, required: required), permission: .role, disclosesPersonalData: true,
      answersPeopleOnly: true,
      examples: [
        Example("For a task", params: ["task": Examples.task], result: .object(Examples.record)),
        Example(
          "By ID number", params: ["id_number": "110101199003070118", "category": "community_corrections"],
          result: .object(Examples.record)),
      ],
      handler: .write { params, context, tx in
        try Reading(work: Work(rules: rules, context: context, tx: tx), params: params).run()
      })
  }

  private static func extract(_ rules: Rules) -> Method {
    var members = shown
    members["pending_instrument"] = PersonalShapes.instrument
    members["former_instruments"] = Shapes.list(PersonalShapes.instrument)
    members["decision"] = PersonalShapes.instrument
    members["delisting"] = Shapes.object([
      "reason": Schemas.reason, "at": Shapes.instant, "erase_at": Shapes.instant, "en": Schemas.words,
      "zh": Schemas.words,
    ])
    let version = Shapes.object(PersonalShapes.correctable, required: [])
    members["corrected"] = Shapes.list(
      Shapes.object([
        "at": Shapes.instant, "before": version, "after": version, "document": PersonalShapes.text,
      ]))
    var settled = task
    settled["document"] = PersonalShapes.text
    members["history"] = Shapes.list(Shapes.object(settled, required: ["task", "kind", "due", "state"]))
    members["next"] = Shapes.cursor
    var params = exactly
    params["task"] = nil
    params["limit"] = Shapes.limit
    params["cursor"] = Shapes.cursor
    params["order"] = Shapes.order
    var example = Examples.record
    example["corrected"] = []
    example["history"] = []
    return Method(
      "extract", Text("Give a person all that is kept about them", zh: "向本人提供全部个人信息"),
      params: Shapes.object(params, required: []), positional: ["id"],
      result: Shapes.object(members, required: required + ["corrected", "history"]), permission: .role,
      disclosesPersonalData: true, answersPeopleOnly: true,
      examples: [
        Example("By id", params: ["id": Examples.id], result: .object(example), purpose: "subject_request")
      ],
      handler: .write { params, context, tx in
        try Subject(work: Work(rules: rules, context: context, tx: tx), params: params).extract()
      })
  }

  private static let noticeGet = Method(
    "notice.get", Text("Read what a person must be told at the end, and whom to tell", zh: "查看解除关注告知内容"),
    params: Shapes.object(["task": Schemas.taskID]), positional: ["task"],
    result: Shapes.object(
      [
        "task": Schemas.taskID, "record": Schemas.recordID, "reason": Schemas.reason, "en": Schemas.words,
        "zh": Schemas.words, "erase_at": Shapes.instant, "told_at": Shapes.instant,
        "name": PersonalShapes.name, "phone": PersonalShapes.phone,
      ], required: ["task", "record", "reason", "en", "zh", "erase_at"]),
    permission: .role, disclosesPersonalData: true, answersPeopleOnly: true,
    examples: [
      Example(
        "Of a task", params: ["task": Examples.task],
        result: [
          "task": Examples.task, "record": Examples.id, "reason": "completion",
          "en": "What the legal instrument asked for is done.", "zh": "法律文书要求的事项已履行完毕。",
          "erase_at": "2026-04-02T00:00:00.000+08:00", "name": "王某",
        ])
    ],
    handler: .read { params, context, tx in try Notices(params: params, context: context).get(tx) })

  private static func tasks(_ rules: Rules) -> Method {
    Method(
      "tasks",
      Text("What the own unit has to do: ids, kinds and times, and nobody in them", zh: "本单位待办（不含个人信息）"),
      params: Shapes.object(
        [
          "days": ["type": "integer", "minimum": 0, "maximum": 366], "kind": Schemas.taskKind,
          // What was missed in so many days and not followed up, and not what is to be done in them.
          "missed": Shapes.flag,
          "limit": ["type": "integer", "minimum": 1, "maximum": .int(TaskList.limitAtMost)],
          "cursor": Shapes.cursor, "order": Shapes.order,
        ], required: []),
      result: Shapes.object(
        [
          "items": Shapes.list(
            Shapes.object([
              "task": Schemas.taskID, "kind": Schemas.taskKind, "due": Shapes.instant, "overdue": Shapes.flag,
              "provisional": Shapes.flag,
            ])), "next": Shapes.cursor,
        ], required: ["items"]), permission: .role, answersPeopleOnly: true,
      examples: [
        Example(
          "The next week", params: ["days": 7],
          result: [
            "items": [
              [
                "task": Examples.task, "kind": "review", "due": "2026-03-31T00:00:00.000+08:00",
                "overdue": false, "provisional": false,
              ]
            ]
          ])
      ],
      handler: .read { params, context, tx in
        try TaskList(rules: rules, params: params, context: context).run(tx)
      })
  }

  private static func explain(_ rules: Rules) -> Method {
    Method(
      "explain",
      Text("How long a follow-up may be, and why: about the law, not about a record", zh: "说明法定期限及依据"),
      params: Shapes.object(
        ["category": Schemas.category, "from": Shapes.date, "rules_on": Shapes.date],
        required: ["category", "from"]),
      positional: ["category", "from"], result: Explaining.schema, permission: .role,
      examples: [
        Example(
          "Bail", params: ["category": "bail_pending_trial", "from": "2026-03-02"],
          result: ["category": "bail_pending_trial", "rules_on": "2026-03-02", "terms": []])
      ],
      handler: .read { params, context, _ in
        try Explaining(rules: rules, params: params, context: context).run()
      })
  }

  private static func figures(_ rules: Rules) -> Method {
    Method(
      "figures", Text("Overdue reviews, reads without a task, delistings: numbers only", zh: "统计（仅数字）"),
      params: Shapes.object(
        [
          "from": Shapes.date, "to": Shapes.date, "station": Shapes.unit,
          "by": ["type": "string", "enum": ["station"]],
        ], required: []),
      positional: ["from", "to"], result: FiguresQuery.schema, permission: .role,
      examples: [
        Example(
          "A month", params: ["from": "2026-03-01", "to": "2026-03-31"],
          result: [
            "from": "2026-03-01", "to": "2026-03-31", "rule": ["id": "keyperson.figures", "version": "1"],
            "total": .object(Figures().json),
          ])
      ],
      handler: .read { params, context, tx in
        try FiguresQuery(rules: rules, params: params, context: context).run(tx)
      })
  }
}
