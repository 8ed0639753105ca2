import StationKit

/// One thing that `system.doctor` looked at.
struct Finding: Sendable {
  enum Level: String, Sendable, CaseIterable { case ok, warn, fail }

  let check: String
  let level: Level
  let message: Text
  /// What to do about it; nil where nothing is to be done.
  let advice: Text?

  init(_ check: String, _ level: Level, _ message: Text, advice: Text? = nil) {
    self.check = check
    self.level = level
    self.message = message
    self.advice = advice
  }

  var json: JSONValue {
    var object: JSONObject = [
      "check": .string(check), "level": .string(level.rawValue), "message": .string(message.en),
      "message_zh": .string(message.zh),
    ]
    if let advice {
      object["advice"] = .string(advice.en)
      object["advice_zh"] = .string(advice.zh)
    }
    return .object(object)
  }
}
