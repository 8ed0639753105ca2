import StationKit

extension ReturnDecision {
  init?(_ json: JSONValue?) {
    guard let json, let shares = json["shares"]?.arrayValue, let frozen = json["frozen"]?.intValue,
      let decided = Instant(json["decided"]), let decidedBy = json["decided_by"]?.stringValue
    else { return nil }
    self.init(
      shares: shares.compactMap { share in
        guard let report = share["report"]?.stringValue, let loss = share["loss"]?.intValue,
          let amount = share["amount"]?.intValue
        else { return nil }
        return Share(report: report, loss: loss, amount: amount)
      }, frozen: frozen, decided: decided, decidedBy: decidedBy)
    approved = Instant(json["approved"])
    approvedBy = json["approved_by"]?.stringValue
    notice = StoredTerm(json["notice"])
    bank = StoredTerm(json["bank"])
    finished = Instant(json["finished"])
  }

  private var sharesJSON: JSONValue {
    .array(
      shares.map {
        ["report": .string($0.report), "loss": .int($0.loss), "amount": .int($0.amount)]
      })
  }

  var json: JSONValue {
    var json: JSONObject = [
      "shares": sharesJSON, "frozen": .int(frozen), "decided": decided.stored,
      "decided_by": .string(decidedBy),
    ]
    if let approved { json["approved"] = approved.stored }
    if let approvedBy { json["approved_by"] = .string(approvedBy) }
    if let notice { json["notice"] = notice.json }
    if let bank { json["bank"] = bank.json }
    if let finished { json["finished"] = finished.stored }
    return .object(json)
  }

  private static let share = Shapes.object([
    "report": Schemas.reportID, "loss": Schemas.amountOrZero, "amount": Schemas.amountOrZero,
  ])

  static let schema: JSONValue = Shapes.object(
    [
      "shares": Shapes.list(share, max: Limits.payersPerReturn), "frozen": Schemas.amount,
      "decided": Shapes.milliseconds, "decided_by": Schemas.person, "approved": Shapes.milliseconds,
      "approved_by": Schemas.person, "notice": StoredTerm.schema, "bank": StoredTerm.schema,
      "finished": Shapes.milliseconds,
    ], required: ["shares", "frozen", "decided", "decided_by"])

  /// What callers are shown: shares by report, never by name.
  func shown(_ zone: Zone, withShares: Bool) -> JSONValue {
    var shown: JSONObject = [
      "frozen": .int(frozen), "total": .int(total), "remains": .int(frozen - total),
      "decided_at": decided.text(zone), "decided_by": .string(decidedBy),
    ]
    if withShares { shown["shares"] = sharesJSON }
    if let approved { shown["approved_at"] = approved.text(zone) }
    if let approvedBy { shown["approved_by"] = .string(approvedBy) }
    if let notice {
      shown["notice_ends"] = notice.end.text(zone)
      shown["provisional"] = .bool(notice.provisional)
    }
    if let bank {
      shown["bank_due"] = bank.end.text(zone)
      shown["provisional"] = .bool(bank.provisional)
    }
    if let finished { shown["finished_at"] = finished.text(zone) }
    return .object(shown)
  }

  static let shownSchema: JSONValue = Shapes.object(
    [
      "shares": Shapes.list(share), "frozen": Schemas.amount, "total": Schemas.amountOrZero,
      "remains": Schemas.amountOrZero, "decided_at": Shapes.instant, "decided_by": Schemas.person,
      "approved_at": Shapes.instant, "approved_by": Schemas.person, "notice_ends": Shapes.instant,
      "bank_due": Shapes.instant, "provisional": Shapes.flag, "finished_at": Shapes.instant,
    ], required: ["frozen", "total", "remains", "decided_at", "decided_by"])
}
