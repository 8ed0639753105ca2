import StationKit
import StationPluginWire

/// What calls were told of other modules, for the calls that come: a station's name changes once a year, and asking for
/// it costs more than all else that a call does. Whoever relies on it says so, and the daemon finds out whether it still
/// is so. Bounded; only of methods that say they are steady.
final class KeptAnswers: Sendable {
  /// Then all are forgotten: what is needed is soon there again.
  static let limit = 1_000

  private let methods: Set<String>
  private let answers = Guarded<[[UInt8]: JSONValue]>([:])

  init(methods: Set<String> = []) { self.methods = methods }

  func keeps(_ method: String) -> Bool { methods.contains(method) }

  /// By the request, method and params encoded.
  subscript(_ request: [UInt8]) -> JSONValue? {
    get { answers.withLock { $0[request] } }
    set {
      answers.withLock { answers in
        if answers.count >= Self.limit { answers = [:] }
        answers[request] = newValue
      }
    }
  }
}
