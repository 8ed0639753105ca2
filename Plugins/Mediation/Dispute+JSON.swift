import StationKit

extension Dispute {
  /// The instant by which lists show what has nothing due.
  static let never = 9_999_999_999_999

  /// The stored body.
  package func body(zone: Zone) -> JSONObject {
    var body: JSONObject = [
      "kind": .string(kind.rawValue), "mode": .string(mode.rawValue), "station": .string(station),
      "owner": .string(owner), "state": .string(state.rawValue), "open": state.isOpen ? 1 : 0,
      "opened": opened.stored, "rules_on": .string(rulesOn.description), "thread": .string(thread),
      "matter": matter, "summary": summary, "risk": .bool(risk), "calls": .int(calls),
      "sessions": .int(sessions),
      "due": (ended ?? next?.end)?.stored ?? .int(Self.never),
      "roster": .array(roster.map(\.json)), "custody": .array(custody.map(\.json)),
    ]
    body["place"] = place
    if !failures.isEmpty { body["failures"] = .array(failures.map(\.stored)) }
    body["proposal"] = proposal?.json
    body["proposed_to"] = proposal.map { .string($0.to) }
    if !decisions.isEmpty { body["decisions"] = .array(decisions.map(\.json)) }
    if !times.isEmpty { body["times"] = .object(map(times, Moment.allCases) { $0.stored }) }
    if !limits.isEmpty { body["limits"] = .object(map(limits, LimitName.allCases) { $0.json }) }
    if !pauses.pauses.isEmpty { body["pauses"] = .array(pauses.pauses.map(\.json)) }
    if !extensions.isEmpty { body["extensions"] = .array(extensions.map(\.json)) }
    body["agreement_mode"] = agreementMode.map { .string($0.rawValue) }
    body["court"] = court.map(JSONValue.object)
    body["failed_for"] = failedFor.map { .string($0.rawValue) }
    body["advice"] = advice.map { .string($0.rawValue) }
    if !doors.isEmpty { body["doors"] = .array(doors.map(\.json)) }
    body["settled"] = settled.map(JSONValue.bool)
    if !history.isEmpty { body["history"] = .array(history) }
    body["withdrawn_in"] = withdrawnIn.map { .string($0.rawValue) }
    if let ended {
      body["ended"] = ended.stored
      body["ended_at"] = ended.text(zone)
    }
    // Columns of the figures.
    body["outcome"] = outcome.map { .int($0.column) }
    body["performed"] = times[.performed]?.stored
    body["visited"] = times[.performed] == nil ? nil : .int(times[.visited] == nil ? 0 : 1)
    body["visit_due"] = limits[.visit]?.end?.stored
    body["failed"] = failedFor == nil ? nil : times[.failed]?.stored
    return body
  }

  private func map<Key: RawRepresentable<String> & Hashable, Value>(
    _ values: [Key: Value], _ order: [Key], _ json: (Value) -> JSONValue
  ) -> JSONObject {
    var object = JSONObject()
    for key in order { object[key.rawValue] = values[key].map(json) }
    return object
  }

  /// A dispute from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let kind = Kind(body["kind"]),
      let mode = Mode(body["mode"]),
      let station = body["station"]?.stringValue, let owner = body["owner"]?.stringValue,
      let state = State(body["state"]),
      let opened = Instant(body["opened"]),
      let rulesOn = CivilDate(body["rules_on"]),
      let thread = body["thread"]?.stringValue, let matter = body["matter"], let summary = body["summary"]
    else { return nil }
    self.init(
      kind: kind, mode: mode, station: station, opened: opened, rulesOn: rulesOn, thread: thread,
      matter: matter, summary: summary)
    self.owner = owner
    self.state = state
    place = body["place"]
    risk = body["risk"]?.boolValue ?? false
    calls = body["calls"]?.intValue ?? 1
    sessions = body["sessions"]?.intValue ?? 0
    failures = body["failures"]?.arrayValue?.compactMap { Instant($0) } ?? []
    roster = list(body["roster"], Person.init)
    custody = list(body["custody"], Custody.init)
    proposal = body["proposal"].flatMap(Proposal.init)
    decisions = list(body["decisions"], Decision.init)
    for name in Moment.allCases { times[name] = Instant(body["times"]?[name.rawValue]) }
    for name in LimitName.allCases { limits[name] = body["limits"]?[name.rawValue].flatMap { Limit($0) } }
    let stored = list(body["pauses"], PauseLedger.Pause.init)
    guard let ledger = try? PauseLedger(pauses: stored) else { return nil }
    pauses = ledger
    extensions = list(body["extensions"], Extension.init)
    agreementMode = Mode(body["agreement_mode"])
    court = body["court"]?.objectValue
    failedFor = FailureReason(body["failed_for"])
    advice = Advice(body["advice"])
    doors = list(body["doors"], SupportDoor.init)
    settled = body["settled"]?.boolValue
    history = body["history"]?.arrayValue ?? []
    withdrawnIn = State(body["withdrawn_in"])
    ended = Instant(body["ended"])
  }

  private func list<Value>(_ json: JSONValue?, _ make: (JSONValue) -> Value?) -> [Value] {
    json?.arrayValue?.compactMap(make) ?? []
  }
}
