import StationKit

/// Emits the module's events. They hold ids, codes and times, never personal data, and name whom they are
/// for: every request and every result goes to the coordination desk too.
struct Announcement {
  let catalogue: Catalogue
  let tx: any Transaction

  func opened(_ id: String, _ request: SupportRequest, _ scenario: Scenario) throws {
    let to = recipients(request, scenario)
    var payload = JSONObject()
    payload.reserveCapacity(7)
    payload["request"] = .string(id)
    payload["scenario"] = scenario.numberValue
    payload["station"] = .string(request.station)
    payload["department"] = .string(request.department)
    payload["urgency"] = .string(request.urgency.rawValue)
    payload["to"] = to
    try tx.emit("opened", payload)
    try alarms(id, request)
  }

  /// What a new cycle tells at once, beside that it began.
  func alarms(_ id: String, _ request: SupportRequest) throws {
    if request.urgency == .immediate { try immediate(id, request) }
    if request.marks["transfer_to_criminal_brigade"] != nil { try transfer(id, request) }
  }

  /// Danger to life: told at once to the command centre, to who has the request, and to all who own or join it.
  func immediate(_ id: String, _ request: SupportRequest) throws {
    try tx.emit(
      "immediate",
      [
        "request": .string(id), "scenario": .int(request.scenario), "station": .string(request.station),
        "to": list(
          [catalogue.commandCentre, request.department] + others(request) + [catalogue.coordination]),
      ])
  }

  /// The matter goes to the criminal brigade by case transfer at once.
  func transfer(_ id: String, _ request: SupportRequest) throws {
    try tx.emit(
      "transfer_to_criminal_brigade",
      [
        "request": .string(id), "station": .string(request.station),
        "to": list([catalogue.criminalBrigade, request.department, catalogue.coordination]),
      ])
  }

  /// A step of the life cycle, with more members where the step has them.
  func changed(
    _ id: String, _ action: Action, from: State, _ request: SupportRequest, alsoTo: [String] = [],
    more: JSONObject = [:]
  ) throws {
    let units =
      [request.station, request.department] + alsoTo + others(request) + [catalogue.coordination]
    var payload: JSONObject = [
      "request": .string(id), "action": .string(action.rawValue), "from": .string(from.rawValue),
      "state": .string(request.state.rawValue), "department": .string(request.department), "to": list(units),
    ]
    payload.merge(more)
    try tx.emit("changed", payload)
  }

  /// A rung fired.
  func escalated(
    _ id: String, _ request: SupportRequest, _ clock: ClockName, _ rung: Rung, due: Instant, late: Bool,
    zone: Zone
  ) throws {
    var units: [String] = []
    for recipient in rung.to {
      switch recipient {
      case .owner, .dutyLeader: units.append(request.department)
      case .coordination: units.append(catalogue.coordination)
      case .unit(let id): units.append(id)
      }
    }
    try tx.emit(
      "escalated",
      [
        "request": .string(id), "clock": .string(clock.rawValue), "rung": .int(rung.percent),
        "to": list(units),
        "duty_leader": .bool(rung.to.contains(.dutyLeader)), "due": due.text(zone),
        "late": .bool(late),
      ])
  }

  /// The scenario's owners and the branch.
  private func others(_ request: SupportRequest) -> [String] {
    catalogue.owners(request) + [request.branch].compactMap { $0 }
  }

  private func recipients(_ request: SupportRequest, _ scenario: Scenario) -> JSONValue {
    if request.branch == nil { return scenario.recipients }
    return list([request.department] + scenario.owners + [request.branch ?? "", catalogue.coordination])
  }

  /// Units once each, in order.
  private func list(_ units: [String]) -> JSONValue {
    var seen: [String] = []
    for unit in units where !seen.contains(unit) { seen.append(unit) }
    return .array(seen.map(JSONValue.string))
  }

  static let kinds: [EventKind] = [
    EventKind(
      "opened", Text("A request was opened", zh: "支援请求已发起"),
      payload: Schemas.object(
        [
          "request": Schemas.requestID, "scenario": Schemas.number, "station": Shapes.unit,
          "department": Shapes.unit, "urgency": Schemas.urgency, "to": Schemas.units,
        ], required: ["request", "scenario", "station", "department", "urgency", "to"])),
    EventKind(
      "immediate", Text("A request with danger to life", zh: "危及生命的特急请求"),
      payload: Schemas.object(
        [
          "request": Schemas.requestID, "scenario": Schemas.number, "station": Shapes.unit,
          "to": Schemas.units,
        ],
        required: ["request", "scenario", "station", "to"])),
    EventKind(
      "transfer_to_criminal_brigade",
      Text("The matter goes to the criminal brigade at once", zh: "应即时移交刑警大队"),
      payload: Schemas.object(
        ["request": Schemas.requestID, "station": Shapes.unit, "to": Schemas.units],
        required: ["request", "station", "to"])),
    EventKind(
      "changed", Text("A request went one step on", zh: "支援请求状态变化"),
      payload: Schemas.object(
        [
          "request": Schemas.requestID, "action": Shapes.words(Action.self), "from": Schemas.state,
          "state": Schemas.state, "department": Shapes.unit, "to": Schemas.units, "in_time": Shapes.flag,
          "worked": Shapes.flag, "urgency": Schemas.urgency, "due": Shapes.instant, "late": Shapes.flag,
        ], required: ["request", "action", "from", "state", "department", "to"])),
    EventKind(
      "escalated", Text("A share of a limit has passed", zh: "时限提醒升级"),
      payload: Schemas.object(
        [
          "request": Schemas.requestID, "clock": Shapes.words(ClockName.self), "rung": Shapes.version,
          "to": Schemas.units, "duty_leader": Shapes.flag, "due": Shapes.instant, "late": Shapes.flag,
        ], required: ["request", "clock", "rung", "to", "duty_leader", "due", "late"])),
  ]
}
