import StationKit

/// `keyperson.propose`: somebody is to be followed up, under an instrument and for a term.
struct Proposing {
  let work: Work
  let params: Params

  func run() throws -> JSONValue {
    let station = try params.string("station")
    let owner = try params.string("owner")
    try work.context.principal.require(station)
    try Units.require(station, ["station"], rule: RuleID.station, pointer: "/station", work.tx)
    try Units.require(owner, ["department", "desk"], rule: RuleID.owner, pointer: "/owner", work.tx)
    let category = try params.word(Category.self, "category")
    let part = try part(category)
    guard try params.word(Purpose.self, "purpose") == Purpose.of(category, part) else {
      throw RPCError.refused(
        rule: RuleID.purpose,
        Text("The category has another purpose", zh: "目的与类别不符"), pointer: "/purpose")
    }
    try Screen.check(person: params.object)
    let personal = try personal(category)
    let on = work.today
    let (from, to, nextReview) = try dates(category, on)
    let clean = try clean(category, on)
    let days = try work.rules.int(RuleID.proposal, "days", on: on)
    let lapses = try work.terms.fixed(.calendarDays(days), from: work.now, rule: RuleID.proposal, on: on).end

    var record = KeyRecord(
      category: category, part: part, station: station, owner: owner, rulesOn: on, from: from, to: to,
      nextReview: nextReview, proposedBy: work.context.principal.person, lapses: lapses, clean: clean,
      personal: personal, zone: work.zone)
    try work.set(nextReview: nextReview, of: &record)
    try work.requireOnce(params["instrument"], of: record, besides: nil, pointer: "/instrument/number")
    let stored = try work.tx.create("record", id: nil, record.body)
    let task = try work.addTask(.verify, of: stored.id, record, due: lapses)
    record.stepTask = task
    return try work.save(
      Work.Loaded(id: stored.id, version: stored.version, record: record), ["task": .string(task)])
  }

  private func part(_ category: Category) throws -> Part? {
    let part = Part(params["part"])
    guard (part != nil) == (category == .protectionOrder) else {
      throw RPCError.refused(
        rule: RuleID.part,
        Text(
          "A protection order, and nothing else, has a protected person and one bound by it",
          zh: "仅人身安全保护令区分受保护人与被申请人"), pointer: "/part")
    }
    return part
  }

  private func personal(_ category: Category) throws -> JSONObject {
    let hasConsent = params["consent"] != nil
    guard hasConsent == (category == .resettlementSupport) else {
      throw RPCError.refused(
        rule: RuleID.visitConsent,
        Text("Support after release, and nothing else, rests on consent", zh: "安置帮教须本人同意，其他类别不适用"),
        pointer: "/consent")
    }
    if hasConsent {
      try work.notLater(params["consent"]?["date"], "/consent/date", rule: RuleID.visitConsent)
    }
    try work.notLater(
      params["care_need"]?["document"]?["date"], "/care_need/document/date", rule: RuleID.careNeed)
    var personal: JSONObject = [:]
    for name in ["name", "id_number", "phone", "guardian", "instrument", "consent", "care_need"] {
      personal[name] = params[name]
    }
    personal["instrument_number"] = params["instrument"]?["number"]?.stringValue
      .map { .string(InstrumentNumber.compared($0)) }
    return personal
  }

  private func dates(
    _ category: Category, _ on: CivilDate
  ) throws -> (from: CivilDate, to: CivilDate, nextReview: CivilDate) {
    try work.notLater(params["instrument"]?["date"], "/instrument/date", rule: RuleID.instrument)
    let from = try params.date("from")
    let to = try params.date("to")
    let nextReview = try params.date("next_review")
    guard let date = CivilDate(params["instrument"]?["date"]), date <= from else {
      throw RPCError.refused(
        rule: RuleID.instrument,
        Text("Nothing begins before its instrument", zh: "起始日不得早于文书日期"), pointer: "/from")
    }
    // So that an old instrument cannot begin anew.
    let days = try work.rules.int(RuleID.instrumentAge, "days", on: on)
    guard from <= date.adding(days: days) else {
      throw RPCError.refused(
        rule: RuleID.instrumentAge,
        Text("A term begins within \(days) days of its instrument", zh: "期限须在文书日期后\(days)日内起算"),
        pointer: "/from")
    }
    let ahead = try work.rules.int(RuleID.proposal, "days_ahead", on: on)
    guard from <= work.today.adding(days: ahead) else {
      throw RPCError.refused(
        rule: RuleID.proposal,
        Text("The term begins within \(ahead) days", zh: "期限须在\(ahead)日内起算"), pointer: "/from")
    }
    guard to >= from, to >= work.today else {
      throw RPCError.refused(rule: RuleID.term, Text("The term is over", zh: "期限已届满"), pointer: "/to")
    }
    try work.require(
      to, notAfter: try work.terms.maximum(category, from: from, on: on), pointer: "/to")
    try work.require(to, notAfter: try work.terms.total(category, from: from, on: on), pointer: "/to")
    try work.check(nextReview: nextReview, category, to: to, on: on)
    return (from, to, nextReview)
  }

  private func clean(_ category: Category, _ on: CivilDate) throws -> (CivilDate, Instant)? {
    let since = params["clean_since"] == nil ? nil : try params.date("clean_since")
    guard (since != nil) == (category == .drugTreatment) else {
      throw RPCError.refused(
        rule: RuleID.clean,
        Text("A drug case, and nothing else, says since when somebody is clean", zh: "仅戒毒类别须填写戒断起始日"),
        pointer: "/clean_since")
    }
    guard let since else { return nil }
    try work.notLater(params["clean_since"], "/clean_since", rule: RuleID.clean)
    let end = try work.terms.clean(since: since, on: on).end
    guard work.now < end else {
      throw RPCError.refused(
        rule: RuleID.clean,
        Text("Clean for three years: nobody is followed up any more", zh: "戒断满三年，不再列入"),
        pointer: "/clean_since")
    }
    return (since, end)
  }
}
