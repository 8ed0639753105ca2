import StationKit

/// Enters a case: the unit that receives it owns it from this instant.
struct Receiving: Sendable {
  let policy: Policy

  func run(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let unit = try params.string("unit")
    try context.principal.require(unit)
    try Units.require(unit, pointer: "/unit", tx)
    let stated: StatedKind = try params.word("kind")
    try Screen.check(idNumberOf: params["reporter"], "/reporter")
    for (place, person) in (params["persons"]?.arrayValue ?? []).enumerated() {
      try Screen.check(idNumberOf: person, "/persons/\(place)")
    }
    let today = context.now.date(in: context.zone)
    var item = TransferCase(
      kind: stated.kind, isUnclear: stated == .unclear, unit: unit, rulesOn: today, received: context.now,
      openedBy: context.principal.person, summary: params["summary"] ?? .null)
    item.reporter = params["reporter"]
    item.persons = params["persons"]
    item.facts = params["facts"]
    item.support = try supportRequest(params)
    let year = String(today.year)
    let id = SeriesNumber.id("CT", year: year, try tx.next(series: year))
    var handling = Handling(
      id: id, policy: policy, params: params, context: context, tx: tx, from: item.state, item: item)
    try handling.beginOwnership()
    handling.item.owe(try handling.screeningDuty())
    handling.details["code"] = .string(stated.rawValue)
    try handling.record(.receive)
    if UrgentFacts(item.facts).isUrgent(try handling.rule(RuleID.urgent)) {
      handling.item.isUrgent = true
      if unit != policy.criminalBrigade { try fastTrack(&handling) }
    }
    let record = try tx.create("case", id: id, handling.item.body(context.zone))
    try handling.schedule()
    try handling.announce(.receive)
    return .object(handling.item.header(id: id, version: record.version, context))
  }

  /// The number of the support request that the case came from.
  private func supportRequest(_ params: Params) throws(RPCError) -> String? {
    guard let number = params["support_request"]?.stringValue else { return nil }
    let isNumber = number.utf8.dropFirst(3).allSatisfy {
      (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
    }
    guard number.hasPrefix("SR-"), isNumber else {
      throw .invalid(
        Text("Not the number of a support request", zh: "不是支援请求编号"), pointer: "/support_request")
    }
    return number
  }

  /// An urgent case is screened as it is received: it goes to the criminal brigade, and waits for nothing.
  private func fastTrack(_ handling: inout Handling) throws {
    handling.item.state = try CaseLife.table.next(handling.item.state, .screen)
    handling.details = [:]
    try handling.screened(.other, to: policy.criminalBrigade)
    try handling.record(.screen)
  }
}

extension Handling {
  /// How long the first receiver has to say whose case it is.
  func screeningDuty() throws(RPCError) -> Duty {
    let kind = item.kind
    return try clock.duty(
      .screen, RuleID.screening,
      {
        kind == .criminal
          ? .calendarDays($0.int("criminal_days")) : .hours($0.int("administrative_hours"))
      }, from: now)
  }

  /// The 24 hours: from when the owner received an administrative case, and from its first finding that another
  /// unit has jurisdiction over a criminal one.
  mutating func transferDuty() throws(RPCError) -> Duty {
    switch item.kind {
    case .administrative:
      return try clock.hours(.transfer, RuleID.administrativeLimit, from: item.clockFrom)
    case .criminal:
      let found = item.found ?? now
      item.found = found
      return try clock.hours(.transfer, RuleID.criminalLimit, from: found)
    }
  }

  /// The finding whose case it is. An urgent case goes to the criminal brigade, unless that has it.
  mutating func screened(_ jurisdiction: Jurisdiction, to receiver: String?) throws {
    item.fulfil(.screen, at: now)
    details["code"] = .string(jurisdiction.rawValue)
    if jurisdiction == .other || item.unit != policy.criminalBrigade {
      let isOther = jurisdiction == .other
      try requireBrigade(
        isOther ? receiver : nil, pointer: receiver == nil ? "/jurisdiction" : "/to")
    }
    guard jurisdiction == .other else {
      guard receiver == nil else {
        throw RPCError.invalid(
          Text("'to' is for a case of another unit of the bureau", zh: "仅移交本局其他单位时填写 to"), pointer: "/to")
      }
      try dropLeg()
      item.jurisdiction = jurisdiction
      item.receiver = nil
      item.ended = jurisdiction == .own ? now : nil
      if jurisdiction == .outside { item.owe(try transferDuty()) }
      return
    }
    guard let receiver else {
      throw RPCError.invalid(Text("'to' is missing", zh: "缺少 to"), pointer: "/to")
    }
    try requireReceiver(receiver)
    try route(to: receiver, by: try transferDuty())
  }

  /// - Throws: `refused_by_rule` where an urgent case would go elsewhere than to the criminal brigade.
  func requireBrigade(_ unit: String?, pointer: String) throws(RPCError) {
    let brigade = policy.criminalBrigade
    guard item.isUrgent, unit != brigade else { return }
    throw .refused(
      rule: RuleID.urgent, Text("It goes to '\(brigade)' at once", zh: "应即时移交“\(brigade)”"), pointer: pointer)
  }

  /// - Throws: `refused_by_rule` unless another active unit is named.
  func requireReceiver(_ unit: String) throws {
    guard unit != item.unit else {
      throw RPCError.refused(
        rule: RuleID.receiver, Text("'\(unit)' owns it already", zh: "“\(unit)”已是责任单位"), pointer: "/to")
    }
    try Units.require(unit, pointer: "/to", tx)
  }
}
