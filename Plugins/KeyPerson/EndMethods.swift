import StationKit

extension KeyPerson {
  /// The end of a follow-up, and the rights of the person concerned that change something.
  static func endMethods(_ rules: Rules) -> [Method] {
    let id = Schemas.recordID
    let gone = Shapes.object(["id": id, "state": Schemas.state, "erased_at": Shapes.instant])
    return [
      step(
        "delist", Text("End a follow-up before its term", zh: "解除关注（摘帽）"),
        ["id": id, "reason": Shapes.words(CallerReason.self), "decision": Schemas.instrument],
        required: ["id", "reason"], positional: ["id"],
        result: Schemas.header(
          ["task": Schemas.taskID, "reason": Schemas.reason, "erase_at": Shapes.instant], optional: ["task"]),
        example: ["id": Examples.id, "reason": "completion"],
        answer: Examples.header(
          .delisted,
          [
            "task": Examples.task, "reason": "completion", "erase_at": "2026-04-02T00:00:00.000+08:00",
          ]), rules
      ) { try Delisting(work: $0, params: $1).run() },
      Method(
        "notice.record", Text("Record that the person was told of the end", zh: "登记已告知本人"),
        params: Shapes.object(["task": Schemas.taskID, "at": Shapes.instant], required: ["task"]),
        positional: ["task"],
        result: Shapes.object(["task": Schemas.taskID, "told_at": Shapes.instant]), permission: .role,
        answersPeopleOnly: true,
        examples: [
          Example(
            "Told today", params: ["task": Examples.task],
            result: ["task": Examples.task, "told_at": "2026-03-03T10:00:00.000+08:00"])
        ],
        handler: .write { params, context, tx in
          try Notices(params: params, context: context).record(Work(rules: rules, context: context, tx: tx))
        }),
      step(
        "correct", Text("Correct what is kept about a person; both versions stay", zh: "更正个人信息（保留前后内容）"),
        [
          "id": id, "name": Schemas.name, "id_number": Shapes.nullable(Schemas.idNumber),
          "phone": Shapes.nullable(Schemas.phone), "guardian": Shapes.nullable(Schemas.guardian),
          "care_need": Shapes.nullable(Schemas.careNeed), "document": Shapes.text(max: 120),
        ], required: ["id", "document"], positional: ["id"], result: Schemas.header(),
        example: ["id": Examples.id, "phone": "13800000000", "document": "request of 3 March 2026"],
        answer: Examples.header(.active), rules
      ) { try Subject(work: $0, params: $1).correct() },
      step(
        "erase", Text("Erase an ended record; a tombstone stays", zh: "删除已解除的记录（保留存根）"), ["id": id],
        required: ["id"], positional: ["id"], result: gone, example: ["id": Examples.id],
        answer: ["id": Examples.id, "state": "erased", "erased_at": "2026-03-20T10:00:00.000+08:00"], rules
      ) { try Erasing(work: $0, params: $1).run() },
    ]
  }
}
