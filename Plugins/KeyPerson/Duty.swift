import StationKit

/// A duty that the instrument states, or visits that somebody agreed to: once, or every so many days or months.
struct Duty {
  let record: String
  let kind: TaskKind
  let firstDue: Instant
  let everyDays: Int?
  let everyMonths: Int?
  let graceHours: Int
  /// Which occurrence is the present one, from 0.
  var number = 0
  /// Its task, as long as there is one to come.
  var task: String?
  /// When it was entered; nil in records of before.
  let begun: Instant?
  var ended: Instant?
  /// Who agreed, and the document that shows it: personal.
  let consent: JSONValue?

  init(
    record: String, kind: TaskKind, firstDue: Instant, everyDays: Int?, everyMonths: Int?, graceHours: Int,
    begun: Instant?, consent: JSONValue?
  ) {
    self.record = record
    self.kind = kind
    self.firstDue = firstDue
    self.everyDays = everyDays
    self.everyMonths = everyMonths
    self.graceHours = graceHours
    self.begun = begun
    self.consent = consent
  }

  init?(_ body: JSONObject) {
    guard let record = body["record"]?.stringValue, let kind = TaskKind(body["kind"]),
      let firstDue = Instant(body["first_due"]), let graceHours = body["grace_hours"]?.intValue
    else { return nil }
    self.init(
      record: record, kind: kind, firstDue: firstDue, everyDays: body["every_days"]?.intValue,
      everyMonths: body["every_months"]?.intValue, graceHours: graceHours, begun: Instant(body["begun"]),
      consent: body["consent"])
    number = body["number"]?.intValue ?? 0
    task = body["task"]?.stringValue
    ended = Instant(body["ended"])
  }

  var body: JSONObject {
    var body: JSONObject = [
      "record": .string(record), "kind": .string(kind.rawValue), "first_due": firstDue.stored,
      "grace_hours": .int(graceHours), "number": .int(number),
    ]
    body["every_days"] = everyDays.map(JSONValue.int)
    body["every_months"] = everyMonths.map(JSONValue.int)
    body["task"] = task.map(JSONValue.string)
    body["begun"] = begun?.stored
    body["ended"] = ended?.stored
    body["consent"] = consent
    return body
  }

  /// When an occurrence falls due; nil where the duty is not repeated.
  func due(_ number: Int, _ terms: Terms, on day: CivilDate) -> (due: Instant, provisional: Bool)? {
    if number == 0 { return (firstDue, false) }
    let length: Term.Length
    switch (everyDays, everyMonths) {
    case (let days?, _): length = .calendarDays(number * days)
    case (_, let months?): length = .months(number * months)
    default: return nil
    }
    return try? terms.occurrence(length, first: firstDue, on: day)
  }

  func graceEnd(_ due: Instant) -> Instant { due.adding(hours: graceHours) }
}
