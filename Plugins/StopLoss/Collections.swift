import StationKit

extension StopLoss {
  private static let common: [Collection.Field] = [
    .init("reported", .integer), .init("station", .text), .init("fraud_type", .text),
    .init("age_band", .text),
  ]

  static let report = Collection(
    name: "report", summary: Text("A fraud report with its transfers", zh: "电诈报案及转账"),
    schema: Report.schema,
    fields: common + [
      .init("amount", .integer), .init("to_stop", .integer), .init("held", .integer),
      .init("returned", .integer), .init("key", .text),
    ],
    indexes: [
      .init(
        "figures",
        on: ["reported", "station", "fraud_type", "age_band", "amount", "to_stop", "held", "returned"]),
      .init("by_station", on: ["station"]), .init("by_key", on: ["key"]),
    ],
    personal: ["/victim", "/corrections", "/summary", "/digest"], retention: .years(10, after: "ended_at"))

  /// The index `next` is what makes the question of what to stop next a short walk.
  static let account = Collection(
    name: "account", summary: Text("An account that money of a report passed through", zh: "涉案账户"),
    schema: Account.schema,
    fields: [
      .init("number", .blind), .init("stoppable", .integer), .init("holding", .integer),
      .init("arrived", .integer), .init("shared", .integer),
    ],
    indexes: [
      .init("by_number", on: ["number"]), .init("next", on: ["stoppable", "holding", "arrived"]),
      .init("shared", on: ["shared"]),
    ],
    personal: ["/number", "/holders", "/credit_code"], retention: .years(10, after: "ended_at"))

  static let stop = Collection(
    name: "stop", summary: Text("A stop on an account, its freeze and its return", zh: "止付、冻结与返还"),
    schema: Stop.schema,
    fields: common + [
      .init("report", .text), .init("account", .text), .init("state", .text), .init("requested", .integer),
      .init("ends", .integer), .init("lapses", .integer), .init("release_due", .integer),
      .init("released", .integer),
    ],
    indexes: [
      .init("by_report", on: ["report"]), .init("by_account", on: ["account"]),
      .init("by_state", on: ["state", "requested"]), .init("by_end", on: ["ends"]),
      .init(
        "figures",
        on: ["reported", "station", "fraud_type", "age_band", "lapses", "release_due", "released"]),
    ],
    retention: .years(10, after: "ended_at"))
}
