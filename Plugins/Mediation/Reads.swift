import StationKit

/// `mediation.get`: everything about one dispute, for those whose it is.
struct Reads: Sendable {
  let rules: Rules

  func get(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, dispute) = try Self.find(params, context, tx, rules)
    let zone = context.zone
    var whole = dispute.header(id: record.id, version: record.version, context: context).objectValue ?? [:]
    whole["matter"] = dispute.matter
    whole["summary"] = dispute.summary
    whole["place"] = dispute.place
    whole["rules_on"] = .string(dispute.rulesOn.description)
    whole["times"] = .object(
      Dispute.Moment.allCases.reduce(into: JSONObject()) {
        $0[$1.rawValue] = dispute.times[$1]?.text(zone)
      })
    let people = try People.all(record.id, tx)
    whole["people"] = .array(
      dispute.roster.map { person in
        .object((person.json.objectValue ?? [:]).merging(people[person.id]?.shown ?? [:]))
      })
    whole["custody"] = .array(
      dispute.custody.map { Self.timed($0.json, ["since", "until"], zone) })
    whole["proposal"] = (dispute.proposal?.json).map { Self.timed($0, ["at"], zone) }
    whole["decisions"] = .array(dispute.decisions.map { Self.timed($0.json, ["at"], zone) })
    whole["appraisals"] = .array(dispute.pauses.pauses.map { Self.timed($0.json, ["from", "to"], zone) })
    whole["extensions"] = .array(dispute.extensions.map { Self.timed($0.json, ["asked", "granted"], zone) })
    whole["sessions_held"] = .array(
      try Self.all("session", record.id, tx, limit: 10).map { Self.timed($0, ["at", "recorded"], zone) })
    if let agreement = try tx.get("agreement", Agreement.id(record.id)) {
      whole["agreement"] = Self.timed(.object(agreement.body), ["recorded"], zone)
    }
    whole["court"] = dispute.court.map(JSONValue.object)
    whole["calls_about_it"] = .array(
      try Self.all("call", record.id, tx, limit: Bounds.callsShown).map { Self.timed($0, ["at"], zone) })
    whole["history"] = .array(dispute.history)
    return .object(whole)
  }

  /// A dispute that the caller may see: its owner, the station, who may take it over, and the coordination desk.
  static func find(
    _ params: Params, _ context: CallContext, _ tx: any ReadTransaction, _ rules: Rules
  ) throws -> (Record, Dispute) {
    let id = try params.string("id")
    let (record, dispute) = try tx.find("dispute", id, pointer: "/id", as: Dispute.init)
    try context.principal.require(
      dispute.owner, dispute.station, dispute.proposal?.to, try rules.on(dispute.rulesOn).coordination())
    return (record, dispute)
  }

  /// The records of a dispute, the newest first, without what only the store needs.
  private static func all(
    _ collection: String, _ dispute: String, _ tx: any ReadTransaction, limit: Int
  ) throws -> [JSONValue] {
    let page = try tx.query(
      Query(collection, index: "by_dispute", equals: [.text(dispute)], descending: true, limit: limit))
    return page.records.map { record in
      var body = record.body
      for key in ["dispute", "thread", "ended_at"] { body[key] = nil }
      return .object(body)
    }
  }

  /// The same with these members as RFC 3339.
  private static func timed(_ json: JSONValue, _ keys: [String], _ zone: Zone) -> JSONValue {
    var object = json.objectValue ?? [:]
    for key in keys { object[key] = Instant(object[key])?.text(zone) }
    object["dispute"] = nil
    object["ended_at"] = nil
    return .object(object)
  }
}

extension Party {
  /// What `get` shows of a person.
  var shown: JSONObject {
    var shown = stated
    shown["birth"] = birth.map { .string($0.description) }
    if !corrections.isEmpty { shown["corrections"] = .array(corrections) }
    return shown
  }
}
