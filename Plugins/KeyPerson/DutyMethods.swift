import StationKit

extension KeyPerson {
  /// Duties, visits that were agreed, and being out of contact.
  static func dutyMethods(_ rules: Rules) -> [Method] {
    let id = Schemas.recordID
    let task = Schemas.taskID
    let when: JSONObject = [
      "id": id, "first_due": Shapes.instant, "every_days": Schemas.everyDays,
      "every_months": Schemas.everyMonths, "grace_hours": Schemas.graceHours,
    ]
    let begun = Schemas.header(
      ["duty": Shapes.text(max: 64), "task": task, "due": Shapes.instant], optional: ["task"])
    let ended = Schemas.header(["duty": Shapes.text(max: 64)])
    let settled = Schemas.header(["task": task, "task_state": Schemas.taskState])
    let begunExample: JSONObject = [
      "duty": Examples.duty, "task": Examples.task, "due": "2026-03-09T10:00:00.000+08:00",
    ]
    let done: JSONObject = ["task": Examples.task, "task_state": "done"]
    return [
      step(
        "duty.add", Text("Add a duty that the instrument states", zh: "登记法律文书载明的义务"),
        when.merging(["kind": Schemas.dutyKind]), required: ["id", "kind", "first_due"], positional: ["id"],
        result: begun,
        example: [
          "id": Examples.id, "kind": "report_in", "first_due": "2026-03-09T10:00:00+08:00", "every_months": 1,
        ], answer: Examples.header(.active, begunExample), rules
      ) { try Duties(work: $0, params: $1).add() },
      step(
        "duty.record", Text("Record that a duty was kept", zh: "登记义务已履行"),
        ["task": task, "at": Shapes.instant], required: ["task"], positional: ["task"], result: settled,
        example: ["task": Examples.task, "at": "2026-03-09T09:40:00+08:00"],
        answer: Examples.header(.active, done), rules
      ) { try Keeping(work: $0, params: $1).record() },
      step(
        "duty.excuse",
        Text("Record why a duty that was not kept is not held against the person", zh: "登记免责事由"),
        ["task": task, "excuse": Schemas.excuse, "document": Shapes.text(max: 120)],
        required: ["task", "excuse"], positional: ["task"], result: settled,
        example: ["task": Examples.task, "excuse": "leave_granted"],
        answer: Examples.header(.active, ["task": Examples.task, "task_state": "excused"]), rules
      ) { try Keeping(work: $0, params: $1).excuse() },
      step(
        "duty.end", Text("End a duty that the instrument no longer states", zh: "终止义务事项"),
        ["duty": Shapes.text(max: 64)], required: ["duty"], positional: ["duty"], result: ended,
        example: ["duty": Examples.duty], answer: Examples.header(.active, ["duty": Examples.duty]), rules
      ) { try Duties(work: $0, params: $1).end(.dutyEnd, "duty") },
      step(
        "visit.agree", Text("Enter visits to which the person or the guardian agreed", zh: "登记经同意的走访"),
        when.merging(["consent": Schemas.agreement]), required: ["id", "consent", "first_due"],
        positional: ["id"], result: begun,
        example: [
          "id": Examples.id, "first_due": "2026-03-09T10:00:00+08:00", "every_months": 1,
          "consent": ["by": "person", "document": "agreement 12", "date": "2026-03-02"],
        ], answer: Examples.header(.active, begunExample), rules
      ) { try Duties(work: $0, params: $1).agree() },
      step(
        "visit.record", Text("Record what came of a visit", zh: "登记走访结果"),
        ["task": task, "outcome": Schemas.visitOutcome, "at": Shapes.instant], required: ["task", "outcome"],
        positional: ["task"], result: settled, example: ["task": Examples.task, "outcome": "met"],
        answer: Examples.header(.active, done), rules
      ) { try Keeping(work: $0, params: $1).visit() },
      step(
        "visit.withdraw", Text("The agreement to visits is taken back", zh: "撤回走访同意"),
        ["duty": Shapes.text(max: 64)], required: ["duty"], positional: ["duty"], result: ended,
        example: ["duty": Examples.duty], answer: Examples.header(.active, ["duty": Examples.duty]), rules
      ) { try Duties(work: $0, params: $1).end(.visitWithdraw, "duty") },
      step(
        "contact.lost",
        Text("Somebody is out of contact: asks the instrument's owner for support", zh: "失去联系，请求支援"),
        ["id": id, "urgency": ["type": "string", "enum": ["immediate", "urgent", "routine"]]],
        required: ["id", "urgency"], positional: ["id"],
        result: Schemas.header(
          ["task": task, "support": Shapes.text(max: 64), "refused_by": Schemas.refusal],
          optional: ["support", "refused_by"]),
        example: ["id": Examples.id, "urgency": "urgent"],
        answer: Examples.header(.active, ["task": Examples.task, "support": "SR-2026-000017"]), rules
      ) { try Contacting(work: $0, params: $1).lost() },
      step(
        "contact.found", Text("Record how an absence ended: the outcome, not the search", zh: "登记失联结果"),
        ["id": id, "outcome": Schemas.outcome, "handover_to": Schemas.handoverTo],
        required: ["id", "outcome"], positional: ["id"],
        result: Schemas.header(
          ["task": task, "reason": Schemas.reason, "erase_at": Shapes.instant],
          optional: ["task", "reason", "erase_at"]),
        example: ["id": Examples.id, "outcome": "found_well"], answer: Examples.header(.active), rules
      ) { try Contacting(work: $0, params: $1).found() },
    ]
  }
}
