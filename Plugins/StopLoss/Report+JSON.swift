import StationKit

extension Report {
  /// The stored body.
  package var body: JSONObject {
    var body = JSONObject()
    body.reserveCapacity(16)
    body["station"] = .string(station)
    body["fraud_type"] = .string(fraudType)
    body["age_band"] = .string(ageBand)
    body["occurred"] = occurred.stored
    body["reported"] = reported.stored
    body["rules_on"] = .string(rulesOn.description)
    body["victim"] = victim.json
    body["amount"] = .int(loss)
    body["held"] = .int(held)
    body["returned"] = .int(returned)
    body["accounts"] = .array(accounts.map(JSONValue.string))
    body["victims"] = .array(victims.map(JSONValue.int))
    body["transfers"] = .array(transfers.map(\.json))
    if let ended { body["ended_at"] = ended.text(.utc) }
    if reserved > 0 { body["reserved"] = .int(reserved) }
    if let toStop { body["to_stop"] = .int(toStop) }
    if let key { body["key"] = .string(key) }
    if let digest { body["digest"] = .string(digest) }
    if let summary { body["summary"] = .string(summary) }
    if !corrections.isEmpty { body["corrections"] = .array(corrections.map(\.json)) }
    return body
  }

  /// A report from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let station = body["station"]?.stringValue, let fraudType = body["fraud_type"]?.stringValue,
      let ageBand = body["age_band"]?.stringValue, let occurred = Instant(body["occurred"]),
      let reported = Instant(body["reported"]),
      let rulesOn = CivilDate(body["rules_on"]),
      let victim = Victim(body["victim"]), let accounts = body["accounts"]?.arrayValue,
      let victims = body["victims"]?.arrayValue, let transfers = body["transfers"]?.arrayValue
    else { return nil }
    self.init(
      station: station, key: body["key"]?.stringValue, digest: body["digest"]?.stringValue,
      fraudType: fraudType, ageBand: ageBand, occurred: occurred, reported: reported, rulesOn: rulesOn,
      victim: victim, summary: body["summary"]?.stringValue, accounts: accounts.compactMap(\.stringValue),
      victims: victims.compactMap(\.intValue), transfers: transfers.compactMap(Transfer.init))
    toStop = body["to_stop"]?.intValue
    held = body["held"]?.intValue ?? 0
    returned = body["returned"]?.intValue ?? 0
    ended = body["ended_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
    reserved = body["reserved"]?.intValue ?? 0
    corrections = body["corrections"]?.arrayValue?.compactMap { Correction($0) } ?? []
  }

  static let schema: JSONValue = Shapes.object(
    [
      "station": Shapes.unit, "key": Shapes.text(max: 256), "digest": Shapes.text(max: 32),
      "fraud_type": Shapes.text(max: 40), "age_band": AgeBand.schema, "occurred": Shapes.milliseconds,
      "reported": Shapes.milliseconds, "rules_on": Shapes.date, "ended_at": Shapes.instant,
      "victim": Victim.schema,
      "corrections": Shapes.list(Correction.schema, max: Limits.correctionsPerReport),
      "summary": Schemas.prose, "amount": Schemas.amount, "held": Schemas.amountOrZero,
      "returned": Schemas.amountOrZero, "reserved": Shapes.count, "to_stop": Shapes.count,
      "accounts": Shapes.list(Schemas.id, max: Limits.accountsPerReport),
      "victims": Shapes.list(Shapes.count, max: Limits.accountsPerReport),
      "transfers": Shapes.list(Transfer.schema, max: Limits.transfersPerReport),
    ],
    required: [
      "station", "fraud_type", "age_band", "occurred", "reported", "rules_on", "victim", "amount", "held",
      "returned", "accounts", "victims", "transfers",
    ])

  /// What every method but `get` shows: no personal data.
  func header(id: String, version: Int, zone: Zone) -> JSONObject {
    [
      "id": .string(id), "version": .int(version), "state": .string(state.rawValue),
      "station": .string(station),
      "fraud_type": .string(fraudType), "occurred_at": occurred.text(zone),
      "reported_at": reported.text(zone), "amount": .int(loss), "held": .int(held),
      "returned": .int(returned), "transfers": .int(transfers.count), "accounts": .int(accounts.count),
    ]
  }

  static let headerMembers: JSONObject = [
    "id": Schemas.reportID, "version": Shapes.version, "state": Shapes.words(ReportState.self),
    "station": Shapes.unit,
    "fraud_type": Shapes.word(max: 40), "occurred_at": Shapes.instant, "reported_at": Shapes.instant,
    "amount": Schemas.amount, "held": Schemas.amountOrZero, "returned": Schemas.amountOrZero,
    "transfers": Shapes.count, "accounts": Shapes.count,
  ]
}
