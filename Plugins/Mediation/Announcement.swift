import StationKit

/// Emits the module's events. They hold ids, codes and times, and name whom they are for.
struct Announcement {
  private let tx: any Transaction
  private let coordination: String

  init(_ tx: any Transaction, _ rules: CaseRules) throws {
    self.tx = tx
    coordination = try rules.coordination()
  }

  func registered(_ id: String, _ dispute: Dispute) throws {
    try tx.emit(
      "registered",
      [
        "dispute": .string(id), "thread": .string(dispute.thread), "kind": .string(dispute.kind.rawValue),
        "mode": .string(dispute.mode.rawValue), "station": .string(dispute.station),
        "owner": .string(dispute.owner), "is_repeat": .bool(dispute.thread != id), "to": to(dispute),
      ])
  }

  /// A step of the life cycle.
  func changed(
    _ id: String, _ action: Action, from: State, _ dispute: Dispute, alsoTo: [String] = []
  ) throws {
    try tx.emit(
      "changed",
      [
        "dispute": .string(id), "action": .string(action.rawValue), "from": .string(from.rawValue),
        "state": .string(dispute.state.rawValue), "mode": .string(dispute.mode.rawValue),
        "owner": .string(dispute.owner), "to": to(dispute, alsoTo),
      ])
  }

  /// A rung of a limit.
  func escalated(
    _ id: String, _ dispute: Dispute, _ name: LimitName, _ rung: Rung, end: Instant, late: Bool, zone: Zone
  ) throws {
    let units = rung.to.map { $0 == .coordination ? coordination : dispute.owner }
    try tx.emit(
      "escalated",
      [
        "dispute": .string(id), "limit": .string(name.rawValue), "rung": .int(rung.percent),
        "to": list(units), "duty_leader": .bool(rung.to.contains(.dutyLeader)),
        "due": end.text(zone), "late": .bool(late),
      ])
  }

  /// The door to support: a request was opened, or was refused and somebody has to ask by hand.
  func support(
    _ id: String, _ dispute: Dispute, request: String?, refusedBy: String?, failures: Int, calls: Int
  ) throws {
    var payload: JSONObject = [
      "dispute": .string(id), "thread": .string(dispute.thread), "failures": .int(failures),
      "calls": .int(calls), "to": to(dispute),
    ]
    payload["request"] = request.map(JSONValue.string)
    payload["refused_by"] = refusedBy.map(JSONValue.string)
    try tx.emit("support", payload)
  }

  private func to(_ dispute: Dispute, _ more: [String] = []) -> JSONValue {
    list([dispute.owner, dispute.station] + (dispute.proposal.map { [$0.to] } ?? []) + more + [coordination])
  }

  /// Units once each, in order.
  private func list(_ units: [String]) -> JSONValue {
    var seen: [String] = []
    for unit in units where !seen.contains(unit) { seen.append(unit) }
    return .array(seen.map(JSONValue.string))
  }

  static let kinds: [EventKind] = [
    EventKind(
      "registered", Text("A dispute was registered", zh: "纠纷已登记"),
      payload: Shapes.object([
        "dispute": Schemas.id, "thread": Schemas.id, "kind": Schemas.kind, "mode": Schemas.mode,
        "station": Shapes.unit, "owner": Shapes.unit, "is_repeat": Shapes.flag, "to": Schemas.units,
      ])),
    EventKind(
      "changed", Text("A dispute went one step on", zh: "纠纷状态变化"),
      payload: Shapes.object([
        "dispute": Schemas.id, "action": Shapes.words(Action.self), "from": Schemas.state,
        "state": Schemas.state, "mode": Schemas.mode, "owner": Shapes.unit, "to": Schemas.units,
      ])),
    EventKind(
      "escalated", Text("A share of a limit has passed", zh: "期限提醒升级"),
      payload: Shapes.object([
        "dispute": Schemas.id, "limit": Schemas.limit, "rung": Shapes.version, "to": Schemas.units,
        "duty_leader": Shapes.flag, "due": Shapes.instant, "late": Shapes.flag,
      ])),
    EventKind(
      "support",
      Text(
        "Repeated failure, repeated calls and a risk of violence: support was asked for",
        zh: "多次调解不成、反复报警且有暴力风险，已请求支援"),
      payload: Shapes.object(
        [
          "dispute": Schemas.id, "thread": Schemas.id, "failures": Shapes.count, "calls": Shapes.count,
          "request": Shapes.text(max: 64), "refused_by": Shapes.text(max: 128), "to": Schemas.units,
        ], required: ["dispute", "thread", "failures", "calls", "to"])),
  ]
}
