import StationKit

/// What steady methods answered to other modules' calls on the writer's thread, until their module writes something.
///
/// Nearly every call asks for its station's unit, and it is the same all day. Only answers that rest on the method's own
/// module are kept: one that called another module is not.
struct SteadyAnswers {
  /// Then all are forgotten: what is needed is soon there again.
  static let limit = 4096

  private var answers: [String: [JSONObject: JSONValue]] = [:]
  private var count = 0

  func find(_ method: String, _ params: JSONObject) -> JSONValue? { answers[method]?[params] }

  mutating func keep(_ answer: JSONValue, of method: String, _ params: JSONObject) {
    if count >= Self.limit { forget() }
    if answers[method, default: [:]].updateValue(answer, forKey: params) == nil { count += 1 }
  }

  mutating func forget() {
    answers = [:]
    count = 0
  }
}
