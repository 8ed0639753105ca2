/// How urgent a request is. The raw values are stable codes.
package enum Urgency: String, Sendable, CaseIterable {
  /// Danger to life.
  case immediate
  case urgent
  case routine

  /// 0 comes first in every list.
  package var rank: Int {
    switch self {
    case .immediate: 0
    case .urgent: 1
    case .routine: 2
    }
  }
}
