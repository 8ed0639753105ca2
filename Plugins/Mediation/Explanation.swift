import StationKit

/// `mediation.explain`: how the limits came about, who owned it when, and what was decided. Nothing personal.
struct Explanation: Sendable {
  let rules: Rules

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, dispute) = try Reads.find(params, context, tx, rules)
    let rules = rules.on(dispute.rulesOn)
    let zone = context.zone
    return [
      "id": .string(record.id), "rules_on": .string(dispute.rulesOn.description),
      "limits": .array(
        try LimitName.allCases.compactMap { name in
          try dispute.limits[name].map { try limit(name, $0, context, rules) }
        }),
      "appraisals": .array(
        dispute.pauses.pauses.map { ["from": $0.from.text(zone), "to": $0.to?.text(zone) ?? .null] }),
      "custody": .array(
        dispute.custody.map { custody in
          [
            "unit": .string(custody.unit), "mode": .string(custody.mode.rawValue),
            "since": custody.since.text(zone), "until": custody.until?.text(zone) ?? .null,
            "accepted_by": .string(custody.acceptedBy),
          ]
        }),
      "decisions": .array(
        try dispute.decisions.map { decision in
          [
            "at": decision.at.text(zone), "by": .string(decision.by), "open": .bool(decision.open),
            "exclusions": .array(
              try decision.exclusions.map { exclusion in
                ["code": .string(exclusion.rawValue), "rule": try rules.reference(exclusion.rule).json]
              }),
          ]
        }),
    ]
  }

  private func limit(
    _ name: LimitName, _ limit: Limit, _ context: CallContext, _ rules: CaseRules
  ) throws -> JSONValue {
    let zone = context.zone
    let computed = try limit.term.map { term in
      try Terms(context, rules).computed(term, from: limit.start, rule: limit.rule)
    }
    var steps = computed?.steps ?? [Self.agreedDay(limit, zone)]
    if limit.pausedDays > 0 { steps.append(Self.paused(limit.pausedDays)) }
    return [
      "limit": .string(name.rawValue),
      "rule": limit.rule.json,
      "term": limit.term.map { .string($0.description) } ?? .null, "start": limit.start.text(zone),
      "end": limit.end?.text(zone) ?? .null, "done": limit.done?.text(zone) ?? .null,
      "is_late": .bool(limit.isLate(at: context.now)),
      "provisional": .bool(limit.provisional), "calendar_version": .string(limit.calendar),
      "paused_days": .int(limit.pausedDays),
      "rungs_fired": .array(limit.fired.map(JSONValue.int)),
      // The steps are those of today's calendar; they hold for the end only if it is the same.
      "steps_apply": .bool(computed.map { $0.end == limit.end } ?? true), "steps": .array(steps),
    ]
  }

  private static func agreedDay(_ limit: Limit, _ zone: Zone) -> JSONValue {
    let day = limit.end?.adding(milliseconds: -1).date(in: zone).description ?? ""
    return step(
      "agreed_day", ["date": .string(day)],
      Text("The parties agreed on \(day) as the last day.", zh: "双方约定的履行期限为\(day)。"))
  }

  private static func paused(_ days: Int) -> JSONValue {
    step(
      "appraisal_days", ["days": .string("\(days)")],
      Text("\(days) of these days are days of appraisal, which do not count.", zh: "其中鉴定期间\(days)日不计入期限。"))
  }

  private static func step(_ code: String, _ fields: JSONObject, _ text: Text) -> JSONValue {
    ["code": .string(code), "fields": .object(fields), "en": .string(text.en), "zh": .string(text.zh)]
  }
}
