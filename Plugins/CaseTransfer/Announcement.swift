import StationKit

/// An event of the module, with whom it is for. It holds ids, codes and times, never personal data.
struct Announcement {
  let event: String
  let payload: JSONObject
  let units: [String]

  func emit(_ tx: any Transaction) throws {
    var payload = payload
    var seen: Set<String> = []
    payload["to"] = .array(units.filter { seen.insert($0).inserted }.map(JSONValue.string))
    try tx.emit(event, payload)
  }

  static func ownerChanged(
    _ id: String, from: String, to owner: String, outside: Bool, at: JSONValue, units: [String]
  ) -> Announcement {
    Announcement(
      event: "owner_changed",
      payload: [
        "case": .string(id), "from": .string(from), "owner": .string(owner), "outside": .bool(outside),
        "at": at,
      ], units: units)
  }

  static func urgent(_ id: String, units: [String]) -> Announcement {
    Announcement(event: "urgent", payload: ["case": .string(id)], units: units)
  }

  static func discrepancy(_ id: String, round: Int, items: [Int], units: [String]) -> Announcement {
    Announcement(
      event: "discrepancy",
      payload: [
        "case": .string(id), "round": .int(round), "items": .array(items.map(JSONValue.int)),
      ], units: units)
  }

  static func alarm(
    _ id: String, _ duty: Duty, _ rung: Rung, late: Bool, _ context: CallContext, units: [String]
  ) -> Announcement {
    Announcement(
      event: "alarm",
      payload: [
        "case": .string(id), "duty": .string(duty.name.rawValue), "rung": .string(rung.rawValue),
        "due": duty.due.text(context.zone), "provisional": .bool(duty.provisional), "late": .bool(late),
      ], units: units)
  }

  static let kinds: [EventKind] = {
    let units = Shapes.list(Shapes.unit)
    return [
      EventKind(
        "changed", Text("A case went one step on", zh: "案件移交状态变化"),
        payload: Shapes.object([
          "case": Schemas.caseID, "action": Schemas.action, "from": Schemas.state, "state": Schemas.state,
          "leg": Shapes.count, "to": units,
        ])),
      EventKind(
        "owner_changed", Text("Another unit owns a case", zh: "案件责任单位变更"),
        payload: Shapes.object([
          "case": Schemas.caseID, "from": Schemas.bureau, "owner": Schemas.bureau, "outside": Shapes.flag,
          "at": Shapes.instant, "to": units,
        ])),
      EventKind(
        "urgent", Text("A case goes to the criminal brigade at once", zh: "案件须即时移交刑警大队"),
        payload: Shapes.object(["case": Schemas.caseID, "to": units])),
      EventKind(
        "discrepancy", Text("The two counts of the evidence differ", zh: "证据清点不一致"),
        payload: Shapes.object([
          "case": Schemas.caseID, "round": Shapes.version, "items": Shapes.list(Schemas.item), "to": units,
        ])),
      EventKind(
        "alarm", Text("A duty is nearly due, or overdue", zh: "办理时限提醒或超期"),
        payload: Shapes.object([
          "case": Schemas.caseID, "duty": Shapes.words(DutyName.self), "rung": Shapes.words(Rung.self),
          "due": Shapes.instant, "provisional": Shapes.flag, "late": Shapes.flag, "to": units,
        ])),
    ]
  }()
}

extension Handling {
  /// The step's event, and those that follow it.
  func announce(_ action: Action) throws {
    try Announcement(
      event: "changed",
      payload: [
        "case": .string(id), "action": .string(action.rawValue), "from": .string(from.rawValue),
        "state": .string(item.state.rawValue), "leg": .int(item.leg),
      ], units: concerned
    ).emit(tx)
    for announcement in follow { try announcement.emit(tx) }
  }
}
