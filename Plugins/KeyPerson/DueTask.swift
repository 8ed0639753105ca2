import StationKit

/// Something to be done about a record, as stored.
struct DueTask: Equatable {
  let record: String
  let unit: String
  let kind: TaskKind
  var due: Instant
  var state = TaskState.open
  /// For duties and visits: which, the how-manieth, and when its grace ends.
  var duty: String?
  var number: Int?
  var grace: Instant?
  var isProvisional = false
  /// When it was done, as told, and who entered that.
  var at: Instant?
  var by: String?
  var inTime: Bool?
  var excuse: Excuse?
  var outcome: VisitOutcome?
  /// Reference of a document: personal.
  var document: JSONValue?

  init(record: String, unit: String, kind: TaskKind, due: Instant) {
    self.record = record
    self.unit = unit
    self.kind = kind
    self.due = due
  }

  /// Whether it is to be done about now: open and due no later than so many days ahead, or missed, not yet followed
  /// up and due no longer ago than that.
  func isNow(_ now: Instant, days: Int) -> Bool {
    switch state {
    case .open: due <= now.adding(hours: 24 * days)
    case .missed: due >= now.adding(hours: -24 * days)
    case .done, .excused, .unassessed, .void: false
    }
  }

  init?(_ body: JSONObject) {
    guard let record = body["record"]?.stringValue, let unit = body["unit"]?.stringValue,
      let kind = TaskKind(body["kind"]), let due = Instant(body["due"]), let state = TaskState(body["state"])
    else { return nil }
    self.record = record
    self.unit = unit
    self.kind = kind
    self.due = due
    self.state = state
    duty = body["duty"]?.stringValue
    number = body["number"]?.intValue
    grace = Instant(body["grace"])
    isProvisional = body["provisional"]?.boolValue ?? false
    at = Instant(body["at"])
    by = body["by"]?.stringValue
    inTime = body["in_time"]?.boolValue
    excuse = Excuse(body["excuse"])
    outcome = VisitOutcome(body["outcome"])
    document = body["document"]
  }

  var body: JSONObject {
    var body: JSONObject = [
      "record": .string(record), "unit": .string(unit), "kind": .string(kind.rawValue), "due": due.stored,
      "state": .string(state.rawValue),
    ]
    body["duty"] = duty.map(JSONValue.string)
    body["number"] = number.map(JSONValue.int)
    body["grace"] = grace?.stored
    if isProvisional { body["provisional"] = true }
    body["at"] = at?.stored
    body["by"] = by.map(JSONValue.string)
    body["in_time"] = inTime.map(JSONValue.bool)
    body["excuse"] = excuse.map { .string($0.rawValue) }
    body["outcome"] = outcome.map { .string($0.rawValue) }
    body["document"] = document
    return body
  }
}
