import StationKit

/// Where a report stands. The raw values are stable codes.
package enum ReportState: String, Sendable, CaseIterable { case open, closed }

/// What can be done to a report. The raw values are stable codes.
package enum ReportAction: String, Sendable, CaseIterable {
  /// By a caller, or by the clock when nothing has happened for long.
  case close
  case reopen
}

/// The life cycle of a report. Its keeping, and that of accounts without another open report, counts from its close.
package enum ReportLife {
  package static let table = LifeCycle<ReportState, ReportAction>(
    initial: .open, [([.open], .close, .state(.closed)), ([.closed], .reopen, .state(.open))])
}
