import StationKit

extension Stop {
  /// What every method shows of a stop: ids, codes, amounts and times.
  ///
  /// - Parameter withShares: not in lists, since a return can have thousands of payers.
  func header(id: String, version: Int, zone: Zone, withShares: Bool = true) -> JSONObject {
    var header: JSONObject = [
      "id": .string(id), "version": .int(version), "report": .string(report), "account": .string(account),
      "station": .string(station), "state": .string(state.rawValue), "attempt": .int(attempt),
      "amount": .int(amount), "held": .int(held), "returned": .int(returned), "lapses": .int(lapses),
      "requested_at": requested.text(zone),
    ]
    if let answerDue { header["answer_due"] = answerDue.text(zone) }
    if let hold { header["stopped_at"] = hold.start.text(zone) }
    if let ends { header["ends_at"] = ends.text(zone) }
    if !mismatch.isEmpty { header["mismatch"] = .array(mismatch.map { .string($0.rawValue) }) }
    if let freeze { header["freeze"] = freeze.shown(zone) }
    if let unrelated { header["release_due"] = unrelated.end.text(zone) }
    if let released { header["released_at"] = released.text(zone) }
    if let decision { header["return"] = decision.shown(zone, withShares: withShares) }
    if !returns.isEmpty {
      header["returns"] = .array(returns.map { $0.shown(zone, withShares: withShares) })
    }
    return header
  }

  static let headerMembers: JSONObject = [
    "id": Schemas.id, "version": Shapes.version, "report": Schemas.reportID, "account": Schemas.id,
    "station": Shapes.unit, "state": Schemas.state, "attempt": Shapes.version, "amount": Schemas.amount,
    "held": Schemas.amountOrZero, "returned": Schemas.amountOrZero, "lapses": Shapes.count,
    "requested_at": Shapes.instant, "answer_due": Shapes.instant, "stopped_at": Shapes.instant,
    "ends_at": Shapes.instant, "mismatch": Schemas.mismatch, "freeze": Freeze.shownSchema,
    "release_due": Shapes.instant, "released_at": Shapes.instant, "return": ReturnDecision.shownSchema,
    "returns": Shapes.list(ReturnDecision.shownSchema),
  ]

  static let headerRequired = [
    "id", "version", "report", "account", "station", "state", "attempt", "amount", "held", "returned",
    "lapses",
    "requested_at",
  ]

  static let headerSchema = Shapes.object(headerMembers, required: headerRequired)
}
