import StationStore

/// Hears of every call when it has been answered, on the thread that answered it; must return at once.
package typealias CallObserver = @Sendable (CallReport) -> Void

/// One call for the system's log: who called what, with which outcome, in what time. No personal data.
package struct CallReport: Sendable, Equatable {
  /// A registered method's full name; `(unknown)` for any other.
  package let method: String
  package let uid: UInt32
  /// The unit that the caller works for.
  package let unit: String?
  /// `ok`, or the kind of the error that was answered.
  package let outcome: String
  /// From the call's arrival to its answer.
  package let microseconds: UInt64

  package init(method: String, uid: UInt32, unit: String?, outcome: String, microseconds: UInt64) {
    self.method = method
    self.uid = uid
    self.unit = unit
    self.outcome = outcome
    self.microseconds = microseconds
  }

  static func outcome(_ answer: Answer) -> String {
    switch answer {
    case .success: "ok"
    case .failure(let error): error.kind.rawValue
    }
  }
}
