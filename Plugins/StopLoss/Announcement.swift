import StationKit

/// Emits the module's events. They hold ids, codes and times, never personal data, and name whom they are for:
/// the report's station and the anti-fraud desk.
struct Announcement {
  let policy: Policy
  let tx: any Transaction

  /// What an alarm is about. The raw values are stable codes.
  enum Measure: String, Sendable, CaseIterable { case stop, freeze }

  /// A term that someone has to look at. The raw values are stable codes.
  enum Due: String, Sendable, CaseIterable {
    /// The bank has not answered in time.
    case unanswered
    /// The notice of a shared return is over: it can be ordered.
    case noticeOver = "notice_over"
    /// The bank has not finished a return in time.
    case bankLate = "bank_late"
    /// Money that has nothing to do with the case was not released in time.
    case releaseLate = "release_late"
    /// The freeze in front has ended, and nothing is known to be left for the one that waits: ask the bank.
    case nothingLeft = "nothing_left"
  }

  func reported(_ id: String, _ report: Report) throws {
    try tx.emit(
      "reported",
      [
        "report": .string(id), "station": .string(report.station), "fraud_type": .string(report.fraudType),
        "to": to(report.station),
      ])
  }

  func changed(_ id: String, _ action: StopAction, from: StopState, _ stop: Stop) throws {
    try tx.emit(
      "changed",
      [
        "stop": .string(id), "report": .string(stop.report), "account": .string(stop.account),
        "action": .string(action.rawValue), "from": .string(from.rawValue),
        "state": .string(stop.state.rawValue), "to": to(stop.station),
      ])
  }

  func alarm(
    _ id: String, _ stop: Stop, _ measure: Measure, hours: Int, ends: Instant, late: Bool, zone: Zone
  ) throws {
    try tx.emit(
      "alarm",
      [
        "stop": .string(id), "report": .string(stop.report), "account": .string(stop.account),
        "measure": .string(measure.rawValue), "hours_before": .int(hours),
        "ends": ends.text(zone), "late": .bool(late), "to": to(stop.station),
      ])
  }

  func due(_ id: String, _ stop: Stop, _ what: Due, _ due: Instant, late: Bool, zone: Zone) throws {
    try tx.emit(
      "due",
      [
        "stop": .string(id), "report": .string(stop.report), "account": .string(stop.account),
        "what": .string(what.rawValue), "due": due.text(zone), "late": .bool(late),
        "to": to(stop.station),
      ])
  }

  /// The worst that can happen here: the bank has let go, and nobody had dealt with it.
  func lapsedUnhandled(
    _ id: String, _ stop: Stop, _ measure: Measure, ended: Instant, late: Bool, zone: Zone
  ) throws {
    try tx.emit(
      "lapsed_unhandled",
      [
        "stop": .string(id), "report": .string(stop.report), "account": .string(stop.account),
        "measure": .string(measure.rawValue), "ended": ended.text(zone),
        "late": .bool(late),
        "to": to(stop.station, policy.lapseTo),
      ])
  }

  /// The units that an event of a station is for.
  func to(_ station: String, _ more: [String] = []) -> JSONValue {
    var units = [station]
    for unit in [policy.desk] + more where !units.contains(unit) { units.append(unit) }
    return .array(units.map(JSONValue.string))
  }

  static let kinds: [EventKind] = {
    let ids: JSONObject = [
      "stop": Schemas.id, "report": Schemas.reportID, "account": Schemas.id, "to": Schemas.units,
    ]
    func stop(_ members: JSONObject) -> JSONValue {
      Shapes.object(ids.merging(members))
    }
    return [
      EventKind(
        "reported", Text("A fraud report was entered", zh: "电诈警情已录入"),
        payload: Shapes.object([
          "report": Schemas.reportID, "station": Shapes.unit, "fraud_type": Shapes.text(max: 40),
          "to": Schemas.units,
        ])),
      EventKind(
        "changed", Text("A stop went one step on", zh: "止付状态变化"),
        payload: stop(["action": Schemas.action, "from": Schemas.state, "state": Schemas.state])),
      EventKind(
        "alarm", Text("A stop or a freeze is about to end", zh: "止付或冻结即将到期"),
        payload: stop([
          "measure": Shapes.words(Measure.self), "hours_before": Shapes.count, "ends": Shapes.instant,
          "late": Shapes.flag,
        ])),
      EventKind(
        "due", Text("A term has passed that someone has to look at", zh: "期限届满，须处理"),
        payload: stop(["what": Shapes.words(Due.self), "due": Shapes.instant, "late": Shapes.flag])),
      EventKind(
        "lapsed_unhandled", Text("A stop or a freeze ended and nobody had dealt with it", zh: "止付或冻结到期未处置"),
        payload: stop([
          "measure": Shapes.words(Measure.self), "ended": Shapes.instant, "late": Shapes.flag,
        ])),
    ]
  }()
}
