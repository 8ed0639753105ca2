import StationKit

/// Which cycle of a request this is, and the versions that it pins.
package struct Cycle: Sendable, Hashable {
  package let number: Int
  package let scenarioVersion: String
  package let ruleVersion: String
  package var calendarVersion: String
  /// The pinned limits of every urgency, as ``LimitTable/text``.
  package let limits: String

  package init(
    number: Int, scenarioVersion: String, ruleVersion: String, calendarVersion: String, limits: String
  ) {
    self.number = number
    self.scenarioVersion = scenarioVersion
    self.ruleVersion = ruleVersion
    self.calendarVersion = calendarVersion
    self.limits = limits
  }

  init?(_ json: JSONValue?) {
    guard let number = json?["number"]?.intValue,
      let scenario = json?["scenario_version"]?.stringValue,
      let rule = json?["rule_version"]?.stringValue,
      let calendar = json?["calendar_version"]?.stringValue,
      let limits = json?["limits"]?.stringValue
    else { return nil }
    self.init(
      number: number, scenarioVersion: scenario, ruleVersion: rule, calendarVersion: calendar, limits: limits)
  }

  package var json: JSONValue {
    [
      "number": .int(number), "scenario_version": .string(scenarioVersion),
      "rule_version": .string(ruleVersion),
      "calendar_version": .string(calendarVersion), "limits": .string(limits),
    ]
  }

  static let schema: JSONValue = Schemas.object(
    [
      "number": Schemas.version, "scenario_version": Schemas.short, "rule_version": Schemas.short,
      "calendar_version": Schemas.short, "limits": Schemas.short,
    ], required: ["number", "scenario_version", "rule_version", "calendar_version", "limits"])
}
