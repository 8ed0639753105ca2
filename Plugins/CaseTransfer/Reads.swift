import StationKit

/// The methods that show one case.
struct Reads: Sendable {
  let policy: Policy

  /// The whole case, with personal data.
  func get(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, item) = try find(params, context, tx, coordination: false)
    var whole = item.header(id: record.id, version: record.version, context)
    whole["rules_on"] = .string(item.rulesOn.description)
    whole["opened_by"] = .string(item.openedBy)
    whole["owned_since"] = item.ownedSince.text(context.zone)
    whole["summary"] = item.summary
    whole["reporter"] = item.reporter
    whole["persons"] = item.persons
    if !item.corrections.isEmpty { whole["corrections"] = .array(item.corrections) }
    whole["facts"] = item.facts
    whole["support_request"] = item.support.map(JSONValue.string)
    whole["jurisdiction"] = item.jurisdiction.map { .string($0.rawValue) }
    whole["duties"] = .array(item.duties.map { .object($0.shown(context)) })
    if let approval = item.approval {
      var shown: JSONObject = [
        "id": .string(approval.id), "requested_at": approval.requested.text(context.zone),
      ]
      shown["approved_at"] = approval.approved?.text(context.zone)
      shown["approved_by"] = approval.by.map(JSONValue.string)
      whole["approval"] = .object(shown)
    }
    if let notice = item.notice {
      whole["notice"] = ["number": .string(notice.number), "issued_at": notice.at.text(context.zone)]
    }
    if let round = item.round {
      whole["signed"] = [
        "round": .int(round.number), "side": .string(round.side.rawValue), "at": round.at.text(context.zone),
      ]
    }
    whole["told_at"] = item.told?.text(context.zone)
    if item.stepsAfterNotice > 0 { whole["steps_after_notice"] = .int(item.stepsAfterNotice) }
    whole["steps"] = .int(item.steps)
    whole["items"] = .array(try Handling.evidence(record.id, tx).map(shown))
    whole["disputes"] = .array(try newest("dispute", record.id, tx).map { dispute($0, context) })
    whole["discrepancies"] = .array(try newest("discrepancy", record.id, tx).map { discrepancy($0, context) })
    return .object(whole)
  }

  /// What was done, in order, with what was said of it.
  func history(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, _) = try find(params, context, tx, coordination: false)
    let page = try page("step", "by_case", record.id, params, tx) { step in
      var shown = step.body
      for name in ["case", "time", "ended_at"] { shown[name] = nil }
      return .object(shown)
    }
    return .object(page)
  }

  /// Who owned the case from when to when, and at one instant if one is named.
  func ownership(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, _) = try find(params, context, tx, coordination: true)
    let at = try params["at"]?.stringValue.map { text throws(RPCError) in
      guard let instant = Instant(rfc3339: text), instant <= context.now else {
        throw RPCError.invalid(
          Text("Not an instant up to now", zh: "时间无效或晚于当前"), pointer: "/at")
      }
      return instant
    }
    var result = try page("ownership", "by_case", record.id, params, tx) { interval in
      let body = interval.body
      return [
        "number": body["number"] ?? .null, "owner": body["owner"] ?? .null,
        "outside": body["outside"] ?? .null, "from": Instant(body["from"])?.text(context.zone) ?? .null,
        "until": Instant(body["until"])?.text(context.zone) ?? .null, "action": body["action"] ?? .null,
        "by": body["by"] ?? .null,
        "record": Reads.reference("ownership", interval),
      ]
    }
    if let at { result["owner_at"] = try owner(record.id, at: at, tx).map(JSONValue.string) }
    return .object(result)
  }

  /// The owner at an instant; nil before the receipt. Intervals hold their first instant and not their last.
  private func owner(_ id: String, at: Instant, _ tx: any ReadTransaction) throws -> String? {
    try tx.query(Query("ownership", index: "by_case", equals: [.text(id)], limit: 1000)).records.first {
      guard let from = Instant($0["from"]), from <= at else { return false }
      return Instant($0["until"]).map { at < $0 } ?? true
    }?["owner"]?.stringValue
  }

  /// An item's chain of custody. Each link names its record, so that it can be proved from the audit log.
  func custody(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, _) = try find(params, context, tx, coordination: false)
    let number = try params.int("item")
    let id = Handling.itemID(record.id, number)
    guard let item = try tx.get("item", id).flatMap({ EvidenceItem($0) }) else {
      throw RPCError.notFound("item", String(number), pointer: "/item")
    }
    var result = try page("custody", "by_item", id, params, size: Limits.custodyPage, tx) { link in
      var shown = link.body
      for name in ["case", "item", "item_id"] { shown[name] = nil }
      shown["record"] = Reads.reference("custody", link)
      return .object(shown)
    }
    result["id"] = .string(record.id)
    result["item"] = .int(number)
    result["item_id"] = .string(id)
    result["links"] = .int(item.links)
    result["held"] = .bool(item.isHeld)
    return .object(result)
  }

  /// How the ends of the duties came about.
  func explain(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, item) = try find(params, context, tx, coordination: true)
    let clock = DutyClock(policy: policy, context: context, rulesOn: item.rulesOn)
    let duties = try item.duties.map { duty throws(RPCError) -> JSONValue in
      let computed = try clock.computed(duty.term, from: duty.start, rule: duty.rule)
      var shown = duty.shown(context)
      shown["term"] = .string(duty.term.description)
      shown["calendar_version"] = .string(duty.calendarVersion)
      // The steps are those of today's calendar; they hold for the end only if it is the same.
      shown["steps_apply"] = .bool(computed.end == duty.due)
      shown["steps"] = .array(computed.steps)
      return .object(shown)
    }
    return [
      "id": .string(record.id), "rules_on": .string(item.rulesOn.description), "duties": .array(duties),
    ]
  }

  /// - Parameter coordination: whether the coordination desk may see it; it sees no personal data.
  private func find(
    _ params: Params, _ context: CallContext, _ tx: any ReadTransaction, coordination: Bool
  ) throws -> (Record, TransferCase) {
    let id = try params.string("id")
    let (record, item) = try tx.find("case", id, pointer: "/id", as: TransferCase.init)
    try context.principal.require(
      item.unit, item.origin, item.sender, item.receiver, policy.legal,
      coordination ? policy.coordination : nil)
    return (record, item)
  }

  /// A page of what belongs to a case or to an item, in its order.
  private func page(
    _ collection: String, _ index: String, _ id: String, _ params: Params, size: Int = Limits.defaultPage,
    _ tx: any ReadTransaction, show: (Record) -> JSONValue
  ) throws -> JSONObject {
    var query = Query(collection, index: index, equals: [.text(id)])
    query.takePage(params, size: size)
    return try tx.query(query).answer(show)
  }

  private static func reference(_ collection: String, _ record: Record) -> JSONValue {
    [
      "collection": .string("transfer.\(collection)"), "id": .string(record.id),
      "version": .int(record.version),
    ]
  }

  private func newest(_ collection: String, _ id: String, _ tx: any ReadTransaction) throws -> [Record] {
    try tx.query(
      Query(collection, index: "by_case", equals: [.text(id)], descending: true, limit: Limits.shown)
    ).records.reversed()
  }

  private func shown(_ item: EvidenceItem) -> JSONValue {
    var shown: JSONObject = [
      "item": .int(item.number), "kind": .string(item.kind.rawValue), "holder": item.holder.json,
      "held": .bool(item.isHeld), "links": .int(item.links), "description": item.description,
    ]
    item.counted.write(into: &shown)
    return .object(shown)
  }

  private func dispute(_ record: Record, _ context: CallContext) -> JSONValue {
    let body = record.body
    var shown: JSONObject = [:]
    for name in [
      "number", "leg", "ground", "result", "by", "unit", "decided_by", "document", "text", "ruling",
    ] { shown[name] = body[name] }
    shown["opened_at"] = Instant(body["opened"])?.text(context.zone)
    shown["due"] = Instant(body["due"])?.text(context.zone)
    shown["decided_at"] = Instant(body["decided"])?.text(context.zone)
    return .object(shown)
  }

  private func discrepancy(_ record: Record, _ context: CallContext) -> JSONValue {
    let body = record.body
    var shown: JSONObject = [:]
    for name in ["leg", "round", "item", "code", "blocks", "registered", "giving", "receiving"] {
      shown[name] = body[name]
    }
    shown["at"] = Instant(body["time"])?.text(context.zone)
    return .object(shown)
  }
}
