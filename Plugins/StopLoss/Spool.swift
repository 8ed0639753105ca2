import StationKit

/// The way to the banks and back: messages that leave as files, and files that come back.
///
/// The daemon's spooler moves the files; here is what they hold, and what has happened to each.
package enum Spool {
  static let sender = "stoploss.spool.sender"
  static let clock = "stoploss.spool.clock"
  static let naming = "stoploss.spool.naming"

  package static let rules: [RuleBook.Need] = [
    .init(sender, lists: ["code", "name", "version"]), .init(clock, ints: ["minutes"]), .init(naming),
  ]

  package static let lifeCycles: [DeclaredLifeCycle] = [
    SpoolLife.message.declared("message", Text("The life of a message to a bank", zh: "银行报文的流转")),
    SpoolLife.refusal.declared("spool_refusal", Text("A bank's file that was set aside", zh: "被搁置文件的处理")),
  ]

  package static let collections: [Collection] = [
    Collection(
      name: "message", summary: Text("A message to a bank", zh: "发往银行的报文"), schema: SpoolMessage.schema,
      fields: [.init("state", .text), .init("station", .text), .init("queued", .integer)],
      indexes: [
        .init("by_state", on: ["state", "queued"]), .init("by_station", on: ["station", "state", "queued"]),
      ], retention: .years(10, after: "ended")),
    Collection(
      name: "answer", summary: Text("A bank's file that was taken", zh: "已受理的银行应答文件"),
      schema: Shapes.object(
        [
          "message": SpoolSchemas.messageID, "bank_id": SpoolSchemas.messageID,
          "effect": Shapes.text(max: 16),
          "name": SpoolSchemas.name, "at": Shapes.instant, "ended": Shapes.instant,
        ], required: ["message", "bank_id", "effect", "at", "ended"]), retention: .years(10, after: "ended")),
    Collection(
      name: "spool_refusal", summary: Text("A bank's file that was set aside", zh: "被搁置的银行文件"),
      schema: SpoolRefusal.schema,
      fields: [
        .init("state", .text), .init("at", .integer), .init("digest", .text), .init("name", .text),
      ],
      indexes: [.init("by_state", on: ["state", "at"]), .init("by_file", on: ["digest", "name"])],
      retention: .years(3, after: "ended")),
  ]

  package static let events: [EventKind] = [
    EventKind(
      "message_dropped",
      Text(
        "A stop was asked for, and no message of it leaves: ask the bank by another way, unless the stop has moved on",
        zh: "止付请求的银行报文未发出：除止付已有进展外，须另行通知银行"),
      payload: Shapes.object([
        "message": SpoolSchemas.messageID, "stop": Schemas.id, "reason": SpoolSchemas.reasonCode,
        "to": Schemas.units,
      ])),
    EventKind(
      "message_waiting", Text("A message to a bank is ready to leave", zh: "有待发银行报文"),
      payload: Shapes.object(["message": SpoolSchemas.messageID, "stop": Schemas.id])),
    EventKind(
      "spool_set_aside", Text("A bank's file was set aside", zh: "银行文件被搁置"),
      payload: Shapes.object([
        "file": SpoolSchemas.fileID, "reason": SpoolSchemas.reasonCode, "to": Shapes.list(Shapes.unit),
      ])),
    EventKind(
      "spool_retry", Text("A file that was set aside is to be tried again", zh: "被搁置文件待重试"),
      payload: Shapes.object(["file": SpoolSchemas.fileID])),
  ]

  /// Checks every version of the sender's particulars.
  package static func check(_ policy: Policy) throws {
    for rule in policy.book.table where rule.id == sender {
      guard let day = CivilDate(rule.effective) else { continue }
      _ = try SpoolSettings(policy.rule(sender, on: day))
    }
  }

  /// Queues the message that asks the account's bank; one that cannot be asked is kept as `dropped`, with why.
  static func requested(
    _ stop: Stop, id: String, _ policy: Policy, _ context: CallContext, _ tx: any Transaction
  ) throws {
    let settings = try settings(policy, on: stop.rulesOn)
    let year = String(context.now.date(in: context.zone).year)
    // The sender's code makes it one of a kind among all that ask a bank: `370202-BM-2026-000001`.
    let messageID = SeriesNumber.id(
      "\(settings.sender.code)-BM", year: year, try tx.next(series: "message-\(year)"))
    var message = SpoolMessage(stop: id, station: stop.station, amount: stop.amount, queued: context.now)
    do {
      _ = try SpoolDraft(messageID, message, policy, tx).file(zone: context.zone)
    } catch let reason as SpoolReason {
      message.state = try SpoolLife.message.next(message.state, .drop)
      message.reason = reason
    }
    _ = try tx.create("message", id: messageID, message.body)
    guard message.state == .waiting else { return try tellDropped(messageID, message, policy, tx) }
    try tx.emit("message_waiting", ["message": .string(messageID), "stop": .string(id)])
  }

  /// Tells that a message never leaves: the bank has to be asked by another way, unless it has answered.
  static func tellDropped(
    _ id: String, _ message: SpoolMessage, _ policy: Policy, _ tx: any Transaction
  ) throws {
    guard let reason = message.reason else { return }
    try tx.emit(
      "message_dropped",
      [
        "message": .string(id), "stop": .string(message.stop), "reason": .string(reason.rawValue),
        "to": Announcement(policy: policy, tx: tx).to(message.station),
      ])
  }

  static func settings(_ policy: Policy, on day: CivilDate) throws -> SpoolSettings {
    try SpoolSettings(policy.rule(sender, on: day))
  }
}
