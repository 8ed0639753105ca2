import StationKit

/// Everything that the module can keep. Each schema is closed: what is not named here cannot be stored.
enum Collections {
  static let all = [record, formerInstrument, duty, task, notice, correction, tombstone, tally]

  private static let integer: JSONValue = ["type": "integer"]

  /// No index leads to records of a station, a category or a day: a record is found by its id, by the ID number
  /// of the person, or by the number of the instrument, each exactly.
  static let record = Collection(
    name: "record", summary: Text("A person followed up under a legal instrument", zh: "依法关注记录"),
    schema: Shapes.object(
      [
        "category": Schemas.category, "part": Schemas.part, "station": Shapes.unit, "owner": Shapes.unit,
        "purpose": Schemas.purpose, "state": Schemas.state, "former": Schemas.state, "rules_on": Shapes.date,
        "from": Shapes.date, "to": Shapes.date, "ends": integer, "next_review": Shapes.date,
        "review_opens": integer, "review_ends": integer, "lapses": integer, "clean_since": Shapes.date,
        "clean_ends": integer, "clean_noted": Shapes.flag, "proposed_by": Schemas.person,
        "verified_by": Schemas.person,
        "verifiers": Shapes.list(Schemas.person, max: KeyRecord.verifiersAtMost),
        "approval": Shapes.text(max: 64),
        "renewal": Shapes.object([
          "to": Shapes.date, "next_review": Shapes.date, "approval": Shapes.text(max: 64),
          "by": Schemas.person,
        ]),
        "renewals": Shapes.count, "corrections": Shapes.count,
        "lost": Shapes.object(
          ["since": integer, "support": Shapes.text(max: 64), "task": Schemas.taskID],
          required: ["since", "task"]),
        "episodes": Shapes.list(
          Shapes.object(
            ["at": integer, "outcome": Schemas.outcome, "handover_to": Schemas.handoverTo],
            required: ["at", "outcome"]), max: KeyRecord.episodesAtMost),
        "delisting": Shapes.object(["reason": Schemas.reason, "at": integer, "erase_at": integer]),
        "step_task": Schemas.taskID, "review_task": Schemas.taskID,
        "name": Schemas.name, "id_number": Schemas.idNumber, "phone": Schemas.phone,
        "guardian": Schemas.guardian, "instrument": Schemas.instrument,
        "instrument_number": Shapes.text(max: 64), "pending_instrument": Schemas.instrument,
        "former_instruments": Shapes.list(Schemas.instrument, max: Renewing.atMost),
        "consent": Schemas.document, "care_need": Schemas.careNeed, "decision": Schemas.instrument,
      ],
      required: [
        "category", "station", "owner", "purpose", "state", "rules_on", "from", "to", "ends", "next_review",
        "review_opens", "review_ends", "lapses", "proposed_by", "renewals", "corrections", "name",
        "instrument", "instrument_number",
      ]),
    fields: [.init("id_number", .blind), .init("instrument_number", .blind)],
    indexes: [
      .init("by_id_number", on: ["id_number"]), .init("by_instrument", on: ["instrument_number"]),
    ],
    personal: KeyRecord.personalMembers.map { "/\($0)" }, subject: .own, retention: .forever)

  /// The numbers that renewals have replaced, so that none of these instruments begins anew.
  static let formerInstrument = Collection(
    name: "former_instrument", summary: Text("An instrument that a renewal replaced", zh: "延续前的法律文书文号"),
    schema: Shapes.object(["record": Schemas.recordID, "instrument_number": Shapes.text(max: 64)]),
    fields: [.init("record", .text), .init("instrument_number", .blind)],
    indexes: [
      .init("by_record", on: ["record"]), .init("by_instrument", on: ["instrument_number"]),
    ],
    personal: ["/instrument_number"], subject: .member("record"), retention: .forever)

  static let duty = Collection(
    name: "duty", summary: Text("A duty under an instrument, or visits that were agreed", zh: "法定义务或约定走访"),
    schema: Shapes.object(
      [
        "record": Schemas.recordID, "kind": Schemas.taskKind, "first_due": integer,
        "every_days": Schemas.everyDays, "every_months": Schemas.everyMonths,
        "grace_hours": Schemas.graceHours, "number": Shapes.count, "task": Schemas.taskID,
        "begun": integer, "ended": integer, "consent": Schemas.agreement,
      ], required: ["record", "kind", "first_due", "grace_hours", "number"]),
    fields: [.init("record", .text)], indexes: [.init("by_record", on: ["record"])],
    personal: ["/consent"], subject: .member("record"), retention: .forever)

  static let task = Collection(
    name: "task", summary: Text("Something to be done about a record", zh: "待办事项"),
    schema: Shapes.object(
      [
        "record": Schemas.recordID, "unit": Shapes.unit, "kind": Schemas.taskKind, "due": integer,
        "state": Schemas.taskState, "duty": Shapes.text(max: 64), "number": Shapes.count, "grace": integer,
        "provisional": Shapes.flag, "at": integer, "by": Schemas.person, "in_time": Shapes.flag,
        "excuse": Schemas.excuse, "outcome": Schemas.visitOutcome, "document": Shapes.text(max: 120),
      ], required: ["record", "unit", "kind", "due", "state"]),
    fields: [
      .init("record", .text), .init("unit", .text), .init("kind", .text), .init("state", .text),
      .init("due", .integer),
    ],
    indexes: [
      .init("by_unit", on: ["unit", "state", "due"]),
      .init("by_unit_kind", on: ["unit", "kind", "state", "due"]),
      .init("by_record", on: ["record", "state", "due"]),
      .init("by_kind", on: ["kind", "state", "due", "unit"]),
    ],
    personal: ["/document"], subject: .member("record"), retention: .forever)

  /// What a person has to be told once the follow-up is over. Name and telephone go as soon as they were told.
  static let notice = Collection(
    name: "notice", summary: Text("What a person must be told at the end", zh: "解除关注告知书"),
    schema: Shapes.object(
      [
        "record": Schemas.recordID, "unit": Shapes.unit, "task": Schemas.taskID, "reason": Schemas.reason,
        "en": Schemas.words, "zh": Schemas.words, "erase_at": integer, "told_at": integer,
        "told_by": Schemas.person, "name": Schemas.name, "phone": Schemas.phone,
      ], required: ["record", "unit", "task", "reason", "en", "zh", "erase_at"]),
    fields: [.init("record", .text), .init("task", .text)],
    indexes: [.init("by_record", on: ["record"]), .init("by_task", on: ["task"])],
    personal: ["/name", "/phone"], subject: .member("record"), retention: .forever)

  /// Both versions of what was corrected.
  static let correction = Collection(
    name: "correction", summary: Text("A correction, with what stood there before", zh: "更正记录（保留前后内容）"),
    schema: Shapes.object([
      "record": Schemas.recordID, "at": integer, "by": Schemas.person, "before": version, "after": version,
      "document": Shapes.text(max: 120),
    ]),
    fields: [.init("record", .text)], indexes: [.init("by_record", on: ["record"])],
    personal: ["/before", "/after", "/document"], subject: .member("record"), retention: .forever)

  private static let version = Shapes.object(
    [
      "name": Schemas.name, "id_number": Schemas.idNumber, "phone": Schemas.phone,
      "guardian": Schemas.guardian, "care_need": Schemas.careNeed,
    ], required: [])

  /// What stays of an erased record: nothing that leads to a person.
  static let tombstone = Collection(
    name: "tombstone", summary: Text("That there was a record, and why it ended", zh: "删除后的存根"),
    schema: Shapes.object([
      "id": Schemas.recordID, "category": Schemas.category, "from": Shapes.date, "to": Shapes.date,
      "reason": Schemas.reason, "erased_at": Shapes.instant,
    ]),
    retention: .forever)

  /// What the figures count: that something happened at a unit, with no record behind it, so that figures
  /// outlive erasure without keeping anybody.
  static let tally = Collection(
    name: "tally", summary: Text("One thing that the figures count", zh: "统计计数"),
    schema: Shapes.object([
      "what": Shapes.words(Tally.What.self), "at": integer, "unit": Shapes.unit,
      "code": ["type": "string", "format": "code"],
    ]),
    fields: [.init("what", .text), .init("at", .integer), .init("unit", .text), .init("code", .text)],
    indexes: [
      .init("by_time", on: ["what", "at", "unit", "code"]),
      .init("by_unit", on: ["what", "unit", "at", "code"]),
    ], retention: .forever)
}
