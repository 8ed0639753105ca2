import StationKit

/// How one clock of one cycle counts in the figures, in one integer: a column of the figures' index.
///
/// Negative: still running, minus the end of its limit in milliseconds. 0: paused within its limit. Positive:
/// twice the time taken in milliseconds, plus 1 if on time, plus 4; 2 and 3 are withdrawals.
package enum ClockFigure: Sendable, Hashable {
  /// Not over; late once now >= due.
  case running(due: Instant)
  /// Paused before the limit was reached.
  case paused
  /// Over, after so many milliseconds.
  case done(milliseconds: Int64, onTime: Bool)
  /// Withdrawn after the limit was broken: the breach counts, its length does not.
  case breached
  /// Withdrawn within the limit.
  case withdrawn

  package var column: Int {
    switch self {
    case .running(let due): -Int(due.milliseconds)
    case .paused: 0
    case .done(let milliseconds, let onTime): (Int(max(0, milliseconds)) + 2) << 1 | (onTime ? 1 : 0)
    case .breached: 2
    case .withdrawn: 3
    }
  }

  package init(column: Int) {
    switch column {
    case ..<0: self = .running(due: Instant(milliseconds: Int64(-column)))
    case 0: self = .paused
    case 2: self = .breached
    case 3: self = .withdrawn
    default:
      self = .done(milliseconds: Int64(max(column >> 1, 2) - 2), onTime: column & 1 == 1)
    }
  }
}
