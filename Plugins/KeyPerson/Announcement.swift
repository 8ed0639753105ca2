import StationKit

/// The module's events: tasks, codes and times, and whom they are for.
///
/// They name no record, because whoever subscribes can have all events again from the first on: with record ids
/// that would be a list of everybody. Who has to do something has its task, and reads with it.
enum Announcement: String, CaseIterable {
  case changed
  case reviewDue = "review_due"
  case reviewMissed = "review_missed"
  case dutyMissed = "duty_missed"
  case dutyCleared = "duty_cleared"
  case contactLost = "contact_lost"
  case contactFound = "contact_found"
  case clean
  case delisted, erased

  private var summary: Text {
    switch self {
    case .changed: Text("A record went one step on", zh: "记录状态变化")
    case .reviewDue: Text("A review can be made, and is due", zh: "复核期已到")
    case .reviewMissed: Text("A review was missed: the record is hidden", zh: "逾期未复核，记录已隐藏")
    case .dutyMissed: Text("A duty or an agreed visit was missed, its grace included", zh: "义务或约定走访逾期")
    case .dutyCleared: Text("What had counted as missed was in time or is excused", zh: "逾期记录已更正或免责")
    case .contactLost: Text("Somebody is out of contact", zh: "失去联系")
    case .contactFound: Text("An absence has ended", zh: "失联已结束")
    case .clean: Text("Three years clean: the record has to end", zh: "戒断满三年，应当解除关注")
    case .delisted: Text("A follow-up is over", zh: "已解除关注")
    case .erased: Text("A record was erased", zh: "记录已删除")
    }
  }

  /// Members beside `to`.
  private var members: [(String, JSONValue, required: Bool)] {
    switch self {
    case .changed:
      [("action", Shapes.words(Action.self), true), ("state", Schemas.state, true)]
    case .reviewDue: [("task", Schemas.taskID, true), ("due", Shapes.instant, true)]
    case .reviewMissed: [("task", Schemas.taskID, false), ("due", Shapes.instant, true)]
    case .dutyMissed:
      [
        ("task", Schemas.taskID, true), ("kind", Schemas.taskKind, true), ("due", Shapes.instant, true),
        ("late", Shapes.flag, true),
      ]
    case .dutyCleared: [("task", Schemas.taskID, true), ("kind", Schemas.taskKind, true)]
    case .contactLost:
      [
        ("task", Schemas.taskID, true), ("support", Shapes.text(max: 64), false),
        ("refused_by", Schemas.refusal, false),
      ]
    case .contactFound: [("outcome", Schemas.outcome, true), ("support", Shapes.text(max: 64), false)]
    case .clean: [("task", Schemas.taskID, false), ("due", Shapes.instant, true)]
    case .delisted:
      [
        ("reason", Schemas.reason, true), ("task", Schemas.taskID, false),
        ("support", Shapes.text(max: 64), false), ("erase_at", Shapes.instant, true),
      ]
    case .erased: [("reason", Schemas.reason, true)]
    }
  }

  static let kinds: [EventKind] = allCases.map { event in
    var properties: JSONObject = ["to": Schemas.units]
    for (name, schema, _) in event.members { properties[name] = schema }
    return EventKind(
      event.rawValue, event.summary,
      payload: Shapes.object(
        properties, required: ["to"] + event.members.filter(\.required).map(\.0)))
  }
}

extension Work {
  /// Tells the person's station and the owner of the instrument.
  func announce(_ event: Announcement, _ record: KeyRecord, _ more: JSONObject) throws {
    var to: [JSONValue] = [.string(record.station)]
    if record.owner != record.station { to.append(.string(record.owner)) }
    var payload: JSONObject = ["to": .array(to)]
    payload.merge(more)
    try tx.emit(event.rawValue, payload)
  }

  func changed(_ action: Action, _ loaded: Loaded) throws {
    try announce(
      .changed, loaded.record,
      ["action": .string(action.rawValue), "state": .string(loaded.record.state.rawValue)])
  }
}
