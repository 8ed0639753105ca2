import StationKit

/// One rung of escalation, for both clocks.
package struct Rung: Sendable, Hashable {
  /// Whom a rung tells.
  package enum Recipient: Sendable, Hashable {
    /// The department that has the request.
    case owner
    /// The leader on duty of that department.
    case dutyLeader
    /// The desk that coordinates support.
    case coordination
    case unit(String)
  }

  /// Share of the limit after which it fires, in percent of the time the clock has run.
  package let percent: Int
  package let to: [Recipient]

  package init(percent: Int, to: [Recipient]) {
    self.percent = percent
    self.to = to
  }
}

/// The two clocks of a request. The raw values are stable codes.
package enum ClockName: String, Sendable, CaseIterable { case response, support }
