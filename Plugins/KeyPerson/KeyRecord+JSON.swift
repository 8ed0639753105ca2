import StationKit

extension KeyRecord {
  /// The stored body: instants in UTC milliseconds, days as dates, absent members left out.
  package var body: JSONObject {
    var body: JSONObject = [
      "category": .string(category.rawValue), "station": .string(station), "owner": .string(owner),
      "purpose": .string(purpose.rawValue), "state": .string(state.rawValue),
      "rules_on": .string(rulesOn.description), "from": .string(from.description),
      "to": .string(to.description), "ends": ends.stored, "next_review": .string(nextReview.description),
      "review_opens": reviewOpens.stored, "review_ends": reviewEnds.stored, "lapses": lapses.stored,
      "proposed_by": .string(proposedBy), "renewals": .int(renewals), "corrections": .int(corrections),
    ]
    body["part"] = part.map { .string($0.rawValue) }
    body["former"] = former.map { .string($0.rawValue) }
    body["clean_since"] = cleanSince.map { .string($0.description) }
    body["clean_ends"] = cleanEnds?.stored
    if isCleanNoted { body["clean_noted"] = true }
    if !verifiers.isEmpty { body["verifiers"] = .array(verifiers.map(JSONValue.string)) }
    body["approval"] = approval.map(JSONValue.string)
    body["renewal"] = renewal.map { renewal in
      [
        "to": .string(renewal.to.description), "next_review": .string(renewal.nextReview.description),
        "approval": .string(renewal.approval), "by": .string(renewal.by),
      ]
    }
    body["lost"] = lost?.json
    if !episodes.isEmpty { body["episodes"] = .array(episodes.map(\.json)) }
    body["delisting"] = delisting.map { delisting in
      [
        "reason": .string(delisting.reason.rawValue), "at": delisting.at.stored,
        "erase_at": delisting.eraseAt.stored,
      ]
    }
    body["step_task"] = stepTask.map(JSONValue.string)
    body["review_task"] = reviewTask.map(JSONValue.string)
    for name in Self.personalMembers { body[name] = personal[name] }
    return body
  }

  /// A record from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let category = Category(body["category"]), let station = body["station"]?.stringValue,
      let owner = body["owner"]?.stringValue, let purpose = Purpose(body["purpose"]),
      let state = State(body["state"]), let rulesOn = CivilDate(body["rules_on"]),
      let from = CivilDate(body["from"]), let to = CivilDate(body["to"]), let ends = Instant(body["ends"]),
      let nextReview = CivilDate(body["next_review"]), let reviewOpens = Instant(body["review_opens"]),
      let reviewEnds = Instant(body["review_ends"]), let lapses = Instant(body["lapses"]),
      let proposedBy = body["proposed_by"]?.stringValue
    else { return nil }
    self.category = category
    self.part = Part(body["part"])
    self.station = station
    self.owner = owner
    self.purpose = purpose
    self.state = state
    self.rulesOn = rulesOn
    self.from = from
    self.to = to
    self.ends = ends
    self.nextReview = nextReview
    self.reviewOpens = reviewOpens
    self.reviewEnds = reviewEnds
    self.lapses = lapses
    self.proposedBy = proposedBy
    former = State(body["former"])
    cleanSince = CivilDate(body["clean_since"])
    cleanEnds = Instant(body["clean_ends"])
    isCleanNoted = body["clean_noted"]?.boolValue ?? false
    // Records of before have the last one only.
    verifiers = (body["verifiers"]?.arrayValue ?? [body["verified_by"] ?? .null]).compactMap(\.stringValue)
    approval = body["approval"]?.stringValue
    renewals = body["renewals"]?.intValue ?? 0
    corrections = body["corrections"]?.intValue ?? 0
    renewal = Renewal(body["renewal"])
    lost = Lost(body["lost"])
    episodes = body["episodes"]?.arrayValue?.compactMap(Episode.init) ?? []
    delisting = Delisting(body["delisting"])
    stepTask = body["step_task"]?.stringValue
    reviewTask = body["review_task"]?.stringValue
    personal = [:]
    for name in Self.personalMembers { personal[name] = body[name] }
  }
}

extension KeyRecord.Renewal {
  fileprivate init?(_ json: JSONValue?) {
    guard let to = CivilDate(json?["to"]), let nextReview = CivilDate(json?["next_review"]),
      let approval = json?["approval"]?.stringValue, let by = json?["by"]?.stringValue
    else { return nil }
    self.init(to: to, nextReview: nextReview, approval: approval, by: by)
  }
}

extension KeyRecord.Lost {
  fileprivate init?(_ json: JSONValue?) {
    guard let since = Instant(json?["since"]), let task = json?["task"]?.stringValue else { return nil }
    self.init(since: since, support: json?["support"]?.stringValue, task: task)
  }

  fileprivate var json: JSONValue {
    var json: JSONObject = ["since": since.stored, "task": .string(task)]
    json["support"] = support.map(JSONValue.string)
    return .object(json)
  }
}

extension KeyRecord.Episode {
  fileprivate init?(_ json: JSONValue) {
    guard let at = Instant(json["at"]), let outcome = ContactOutcome(json["outcome"]) else { return nil }
    self.init(at: at, outcome: outcome, handover: HandoverTo(json["handover_to"]))
  }

  fileprivate var json: JSONValue {
    var json: JSONObject = ["at": at.stored, "outcome": .string(outcome.rawValue)]
    json["handover_to"] = handover.map { .string($0.rawValue) }
    return .object(json)
  }
}

extension KeyRecord.Delisting {
  fileprivate init?(_ json: JSONValue?) {
    guard let reason = DelistReason(json?["reason"]), let at = Instant(json?["at"]),
      let eraseAt = Instant(json?["erase_at"])
    else { return nil }
    self.init(reason: reason, at: at, eraseAt: eraseAt)
  }
}
