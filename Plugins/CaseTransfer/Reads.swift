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
    whole["owned_since"] = item.ownedSince.text(context)
    whole["summary"] = item.summary
    whole["reporter"] = item.reporter
    whole["persons"] = item.persons
    if !item.corrections.isEmpty { whole["corrections"] = .array(item.corrections) }
    whole["facts"] = item.facts
    whole.set("support_request", item.support)
    whole.set("jurisdiction", item.jurisdiction?.rawValue)
    whole["duties"] = .array(item.duties.map { .object($0.shown(context)) })
    if let approval = item.approval {
      var shown: JSONObject = [
        "id": .string(approval.id), "requested_at": approval.requested.text(context),
      ]
      shown["approved_at"] = approval.approved?.text(context)
      shown.set("approved_by", approval.by)
      whole["approval"] = .object(shown)
    }
    if let notice = item.notice {
      whole["notice"] = ["number": .string(notice.number), "issued_at": notice.at.text(context)]
    }
    if let round = item.round {
      whole["signed"] = [
        "round": .int(round.number), "side": .string(round.side.rawValue), "at": round.at.text(context),
      ]
    }
    whole["told_at"] = item.told?.text(context)
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
    let page = try tx.query(ListQuery.page(params, "step", index: "by_case", equals: [.text(record.id)]))
    return ListQuery.answer(page) { step in
      var shown = step.body
      for name in ["case", "time", "ended_at"] { shown[name] = nil }
      return .object(shown)
    }
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
    let page = try tx.query(
      ListQuery.page(params, "ownership", index: "by_case", equals: [.text(record.id)]))
    var result =
      ListQuery.answer(page) { interval in
        let body = interval.body
        return [
          "number": body["number"] ?? .null, "owner": body["owner"] ?? .null,
          "outside": body["outside"] ?? .null, "from": body.instant("from")?.text(context) ?? .null,
          "until": body.instant("until")?.text(context) ?? .null, "action": body["action"] ?? .null,
          "by": body["by"] ?? .null,
          "record": Reads.reference("ownership", interval),
        ]
      }.objectValue ?? [:]
    if let at { result.set("owner_at", try owner(record.id, at: at, tx)) }
    return .object(result)
  }

  /// The owner at an instant; nil before the receipt. Intervals hold their first instant and not their last.
  private func owner(_ id: String, at: Instant, _ tx: any ReadTransaction) throws -> String? {
    try tx.query(Query("ownership", index: "by_case", equals: [.text(id)], limit: 1000)).records.first {
      guard let from = $0.body.instant("from"), from <= at else { return false }
      return $0.body.instant("until").map { at < $0 } ?? true
    }?.body.text("owner")
  }

  /// An item's chain of custody. Each link names its record, so that it can be proved from the audit log.
  func custody(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, _) = try find(params, context, tx, coordination: false)
    let number = try params.int("item")
    let id = Handling.itemID(record.id, number)
    guard let item = try tx.get("item", id).flatMap({ EvidenceItem($0) }) else {
      throw RPCError.notFound("item", String(number), pointer: "/item")
    }
    let page = try tx.query(
      ListQuery.page(
        params, "custody", index: "by_item", equals: [.text(id)], size: Limits.custodyPage))
    var result =
      ListQuery.answer(page) { link in
        var shown = link.body
        for name in ["case", "item", "item_id"] { shown[name] = nil }
        shown["record"] = Reads.reference("custody", link)
        return .object(shown)
      }.objectValue ?? [:]
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
      let english = computed.explain(.english)
      let chinese = computed.explain(.chinese)
      var shown = duty.shown(context)
      shown["term"] = .string(duty.term.description)
      shown["calendar_version"] = .string(duty.calendarVersion)
      // The steps are those of today's calendar; they hold for the end only if it is the same.
      shown["steps_apply"] = .bool(computed.end == duty.due)
      shown["steps"] = .array(
        computed.explanation.enumerated().map { place, step in
          var fields: JSONObject = [:]
          for field in step.fields(zone: context.zone) { fields[field.name] = .string(field.value) }
          return [
            "code": .string(step.code), "fields": .object(fields), "en": .string(english[place]),
            "zh": .string(chinese[place]),
          ]
        })
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
    guard let record = try tx.get("case", id), let item = TransferCase(record.body) else {
      throw RPCError.notFound("case", id, pointer: "/id")
    }
    try context.principal.require(
      item.unit, item.origin, item.sender, item.receiver, policy.legal,
      coordination ? policy.coordination : nil)
    return (record, item)
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
    shown["opened_at"] = body.instant("opened")?.text(context)
    shown["due"] = body.instant("due")?.text(context)
    shown["decided_at"] = body.instant("decided")?.text(context)
    return .object(shown)
  }

  private func discrepancy(_ record: Record, _ context: CallContext) -> JSONValue {
    let body = record.body
    var shown: JSONObject = [:]
    for name in ["leg", "round", "item", "code", "blocks", "registered", "giving", "receiving"] {
      shown[name] = body[name]
    }
    shown["at"] = body.instant("time")?.text(context)
    return .object(shown)
  }
}
