import StationKit

/// What the module keeps. A case, its steps, items, signatures and disputes hold personal data under the key of
/// the case; ownership, custody, legs and discrepancies hold none, and stay.
struct Collections {
  let years: Int

  var all: [Collection] {
    [
      transferCase, step, item, signature, dispute, Collections.ownership, Collections.custody,
      Collections.leg, Collections.discrepancy,
    ]
  }

  private var transferCase: Collection {
    Collection(
      name: "case", summary: Text("A case on its way", zh: "移交案件"), schema: StoredSchemas.transferCase,
      fields: [
        .init("unit", .text), .init("incoming", .text), .init("origin", .text), .init("state", .text),
        .init("received", .integer),
      ],
      indexes: [
        .init("by_unit", on: ["unit", "received"]),
        .init("by_unit_state", on: ["unit", "state", "received"]),
        .init("by_incoming", on: ["incoming", "received"]), .init("by_origin", on: ["origin", "received"]),
        .init("by_state", on: ["state", "received"]),
      ],
      personal: ["/summary", "/reporter", "/persons", "/corrections"],
      retention: .years(years, after: "ended_at"))
  }

  private var step: Collection {
    Collection(
      name: "step", summary: Text("A step of a case", zh: "办理步骤"), schema: StoredSchemas.step,
      fields: [.init("case", .text), .init("time", .integer)],
      indexes: [.init("by_case", on: ["case", "time"])],
      personal: ["/text"], subject: .member("case"), retention: .years(years, after: "ended_at"))
  }

  private var item: Collection {
    Collection(
      name: "item", summary: Text("An item of evidence", zh: "证据物品"), schema: StoredSchemas.item,
      fields: [.init("case", .text), .init("number", .integer)],
      indexes: [.init("by_case", on: ["case", "number"], unique: true)],
      personal: ["/description"], subject: .member("case"), retention: .years(years, after: "ended_at"))
  }

  private var signature: Collection {
    Collection(
      name: "signature", summary: Text("One side's count, signed", zh: "一方清点签字"),
      schema: StoredSchemas.signature,
      fields: [
        .init("time", .integer), .init("result", .text), .init("sender", .text), .init("receiver", .text),
        .init("kind", .text),
      ],
      indexes: [.init("figures", on: ["time", "result", "sender", "receiver", "kind"])],
      personal: ["/note"], subject: .member("case"), retention: .years(years, after: "ended_at"))
  }

  private var dispute: Collection {
    Collection(
      name: "dispute", summary: Text("A dispute and its ruling", zh: "争议与裁定"),
      schema: StoredSchemas.dispute,
      fields: [
        .init("case", .text), .init("opened", .integer), .init("due", .integer), .init("decided", .integer),
        .init("result", .text), .init("sender", .text), .init("receiver", .text), .init("kind", .text),
      ],
      indexes: [
        .init("by_case", on: ["case", "opened"]),
        .init("figures", on: ["opened", "due", "decided", "result", "sender", "receiver", "kind"]),
      ],
      personal: ["/text", "/ruling"], subject: .member("case"), retention: .years(years, after: "ended_at"))
  }

  private static let ownership = Collection(
    name: "ownership", summary: Text("Who owned a case from when to when", zh: "案件责任单位台账"),
    schema: StoredSchemas.ownership,
    fields: [.init("case", .text), .init("number", .integer)],
    indexes: [.init("by_case", on: ["case", "number"], unique: true)], retention: .forever)

  private static let custody = Collection(
    name: "custody", summary: Text("A link of an item's chain of custody", zh: "证据保管链环节"),
    schema: StoredSchemas.custody,
    fields: [.init("item_id", .text), .init("number", .integer)],
    indexes: [.init("by_item", on: ["item_id", "number"], unique: true)], retention: .forever, openable: true)

  private static let leg = Collection(
    name: "leg", summary: Text("One way of a case from a unit to another", zh: "一次移交"),
    schema: StoredSchemas.leg,
    fields: [
      .init("started", .integer), .init("due", .integer), .init("sent", .integer),
      .init("accepted", .integer), .init("dropped", .integer), .init("sender", .text),
      .init("receiver", .text), .init("kind", .text),
    ],
    indexes: [
      .init(
        "figures",
        on: ["started", "due", "sent", "accepted", "dropped", "sender", "receiver", "kind"])
    ], retention: .forever)

  private static let discrepancy = Collection(
    name: "discrepancy", summary: Text("A difference found in a count", zh: "清点差异"),
    schema: StoredSchemas.discrepancy,
    fields: [
      .init("case", .text), .init("time", .integer), .init("code", .text), .init("sender", .text),
      .init("receiver", .text), .init("kind", .text),
    ],
    indexes: [
      .init("by_case", on: ["case", "time"]),
      .init("figures", on: ["time", "code", "sender", "receiver", "kind"]),
    ], retention: .forever)
}
