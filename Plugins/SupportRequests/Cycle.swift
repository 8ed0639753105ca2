import StationKit

/// Which cycle of a request this is, and the versions that it pins.
package struct Cycle: Sendable, Hashable {
  package let number: Int
  package let scenarioVersion: String
  package let ruleVersion: String
  package var calendarVersion: String
  /// The pinned limits of every urgency, as ``LimitTable/text``.
  package let limits: String
  /// The pinned limit of the feedback; nil in records of before, which go by the present catalogue's.
  package let feedbackLimit: Term?

  package init(
    number: Int, scenarioVersion: String, ruleVersion: String, calendarVersion: String, limits: String,
    feedbackLimit: Term?
  ) {
    self.number = number
    self.scenarioVersion = scenarioVersion
    self.ruleVersion = ruleVersion
    self.calendarVersion = calendarVersion
    self.limits = limits
    self.feedbackLimit = feedbackLimit
  }

  init?(_ json: JSONValue?) {
    guard let number = json?["number"]?.intValue,
      let scenario = json?["scenario_version"]?.stringValue,
      let rule = json?["rule_version"]?.stringValue,
      let calendar = json?["calendar_version"]?.stringValue,
      let limits = json?["limits"]?.stringValue
    else { return nil }
    self.init(
      number: number, scenarioVersion: scenario, ruleVersion: rule, calendarVersion: calendar, limits: limits,
      feedbackLimit: json?["feedback_limit"]?.stringValue.flatMap { Term($0) })
  }

  /// The pinned limit of one end.
  func limit(_ term: TermName, _ urgency: Urgency, _ catalogue: Catalogue) throws(RPCError) -> Term {
    guard let table = LimitTable(limits) else { throw RPCError(.internalError) }
    switch term {
    case .response: return table[urgency].response
    case .support: return table[urgency].support
    case .feedback: return feedbackLimit ?? catalogue.feedbackLimit
    }
  }

  package var json: JSONValue {
    var json: JSONObject = [
      "number": .int(number), "scenario_version": .string(scenarioVersion),
      "rule_version": .string(ruleVersion),
      "calendar_version": .string(calendarVersion), "limits": .string(limits),
    ]
    if let feedbackLimit { json["feedback_limit"] = .string(feedbackLimit.description) }
    return .object(json)
  }

  static let schema: JSONValue = Schemas.object(
    [
      "number": Shapes.version, "scenario_version": Schemas.short, "rule_version": Schemas.short,
      "calendar_version": Schemas.short, "limits": Schemas.short, "feedback_limit": Schemas.short,
    ], required: ["number", "scenario_version", "rule_version", "calendar_version", "limits"])
}
