import StationKit

extension Clocks {
  /// The stored form: instants in UTC milliseconds, members that are not there yet left out.
  ///
  /// The reasons of pauses are free text, and stand in the history, which is kept as personal data.
  var json: JSONValue {
    var json = JSONObject()
    json.reserveCapacity(8)
    json["response_due"] = responseDue.stored
    json["support_end"] = supportEnd.stored
    if let extendedEnd { json["support_extended"] = extendedEnd.stored }
    if !provisional.isEmpty { json["provisional"] = .array(provisionalNames) }
    if !calendars.isEmpty {
      var versions: JSONObject = [:]
      for term in TermName.allCases { versions[term.rawValue] = calendars[term].map(JSONValue.string) }
      json["calendars"] = .object(versions)
    }
    if let acknowledged { json["acknowledged"] = acknowledged.stored }
    if let completed { json["completed"] = completed.stored }
    if let feedbackDue { json["feedback_due"] = feedbackDue.stored }
    if !pauses.pauses.isEmpty {
      json["pauses"] = .array(
        pauses.pauses.map { pause in
          .array([pause.from, pause.to].compactMap { $0?.stored })
        })
    }
    if !firedResponse.isEmpty { json["fired_response"] = .array(firedResponse.map(JSONValue.int)) }
    if !firedSupport.isEmpty { json["fired_support"] = .array(firedSupport.map(JSONValue.int)) }
    return .object(json)
  }

  /// The ends that relied on a year without a calendar, in order.
  var provisionalNames: [JSONValue] {
    if provisional.isEmpty { return [] }
    return TermName.allCases.filter(provisional.contains).map { .string($0.rawValue) }
  }

  /// Clocks from their stored form; nil if it is not one.
  init?(_ json: JSONValue?, start: Instant) {
    guard let responseDue = Instant(json?["response_due"]), let supportEnd = Instant(json?["support_end"])
    else { return nil }
    self.init(
      start: start, responseDue: responseDue, supportEnd: supportEnd,
      provisional: Clocks.provisional(json?["provisional"]))
    extendedEnd = Instant(json?["support_extended"])
    for term in TermName.allCases { calendars[term] = json?["calendars"]?[term.rawValue]?.stringValue }
    acknowledged = Instant(json?["acknowledged"])
    completed = Instant(json?["completed"])
    feedbackDue = Instant(json?["feedback_due"])
    firedResponse = json?["fired_response"]?.arrayValue?.compactMap(\.intValue) ?? []
    firedSupport = json?["fired_support"]?.arrayValue?.compactMap(\.intValue) ?? []
    let stored = json?["pauses"]?.arrayValue ?? []
    let list = stored.compactMap { pause -> PauseLedger.Pause? in
      let ends = (pause.arrayValue ?? []).compactMap { Instant($0) }
      return ends.first.map { PauseLedger.Pause(from: $0, to: ends.count > 1 ? ends[1] : nil, reason: "") }
    }
    guard let ledger = try? PauseLedger(pauses: list) else { return nil }
    pauses = ledger
  }

  /// Records of before have one flag for both clocks.
  private static func provisional(_ json: JSONValue?) -> Set<TermName> {
    if json?.boolValue == true { return [.response, .support] }
    return Set((json?.arrayValue ?? []).compactMap { TermName($0) })
  }

  static let schema: JSONValue = Schemas.object(
    [
      "response_due": Schemas.integer, "support_end": Schemas.integer, "support_extended": Schemas.integer,
      "provisional": ["type": ["boolean", "array"], "items": Shapes.words(TermName.self)],
      "calendars": Schemas.object(
        ["response": Schemas.short, "support": Schemas.short, "feedback": Schemas.short]),
      "acknowledged": Schemas.integer, "completed": Schemas.integer, "feedback_due": Schemas.integer,
      "pauses": ["type": "array", "items": Shapes.list(Schemas.integer)],
      "fired_response": Shapes.list(Schemas.integer),
      "fired_support": Shapes.list(Schemas.integer),
    ], required: ["response_due", "support_end"])
}
