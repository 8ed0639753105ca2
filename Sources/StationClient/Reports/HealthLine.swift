import StationJSON

/// `system.health` as monitoring plugins tell it (monitoring-plugins.org, "Plugin Output"): a word, what is wrong, and
/// figures after a bar.
package struct HealthLine: Sendable, Equatable {
  /// The exit codes of monitoring plugins.
  package enum State: Int32, Sendable {
    case ok = 0
    case warning = 1
    case critical = 2

    var word: String {
      switch self {
      case .ok: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      }
    }
  }

  package let state: State
  package let text: String

  /// - Parameter health: the result of `system.health`.
  package init(_ health: JSONValue, language: Language) {
    let problems = health["problems"]?.arrayValue ?? []
    state =
      health["ok"]?.boolValue != true ? .critical : problems.isEmpty ? .ok : .warning
    let said = problems.map { problem in
      let part = DisplayWidth.printable(problem["part"]?.stringValue ?? "?")
      let message = language.pick(problem["message"], zh: problem["message_zh"] ?? problem["message"])
      // A bar would begin the figures.
      return "\(part): \(DisplayWidth.printable(message?.stringValue ?? "?"))".filter { $0 != "|" }
    }
    let counts = [
      ("waiting", ""), ("connections", ""), ("writes", "c"), ("batches", "c"), ("failed_batches", "c"),
    ]
    let figures = counts.map { "\($0.0)=\(health[$0.0]?.intValue ?? 0)\($0.1)" }.joined(separator: " ")
    let what = said.isEmpty ? language.pick("everything is served", zh: "一切正常") : said.joined(separator: "; ")
    text = "STATIOND \(state.word) - \(what) | \(figures)"
  }

  /// The daemon does not answer.
  package init(unanswered error: ClientError, language: Language) {
    state = .critical
    text =
      "STATIOND \(State.critical.word) - " + ErrorText(error, language: language).message.filter { $0 != "|" }
  }
}
