/// What somebody at a station has to do. The raw values are stable codes.
package enum TaskKind: String, Sendable, CaseIterable {
  /// Look at the instrument of a proposal.
  case verify
  /// Decide, as a second person, on an entry or a renewal.
  case approve
  case review
  case reportIn = "report_in"
  /// Attendance only: no result is kept.
  case scheduledTest = "scheduled_test"
  /// Appear when summoned.
  case appear
  case visit
  /// Somebody is out of contact.
  case contact
  /// Tell a person that the follow-up is over.
  case notice

  /// Duties of the person, as the instrument states them.
  package static let duties: [TaskKind] = [.reportIn, .scheduledTest, .appear]
}

/// A duty's word in a method's params: a subset of the kinds of tasks.
package enum DutyKind: String, Sendable, CaseIterable {
  case reportIn = "report_in"
  case scheduledTest = "scheduled_test"
  case appear

  var task: TaskKind {
    switch self {
    case .reportIn: .reportIn
    case .scheduledTest: .scheduledTest
    case .appear: .appear
    }
  }
}

/// Where a task stands. The raw values are stable codes.
package enum TaskState: String, Sendable, CaseIterable {
  case open, done, excused, missed
  /// It came due while the record was suspended: nobody looked, so nothing is held against the person.
  case unassessed
  /// The record, the duty or the agreement ended first.
  case void
}

/// What can happen to a task. The raw values are stable codes.
package enum TaskAction: String, Sendable, CaseIterable {
  case record, excuse
  /// Its grace passed: done by the clock.
  case miss
  /// The same while the record is suspended.
  case skip
  case drop
}

/// Why a missed duty is not held against the person. The raw values are stable codes.
package enum Excuse: String, Sendable, CaseIterable {
  case leaveGranted = "leave_granted"
  case changedByAuthority = "changed_by_authority"
  /// A document shows a good cause; what the cause is stays in the document.
  case documentedCause = "documented_cause"
}

/// What came of a visit. The raw values are stable codes.
package enum VisitOutcome: String, Sendable, CaseIterable {
  case met
  case needsHelp = "needs_help"
  /// The person preferred none: that is their right and has no consequence.
  case declined
}

/// How an instrument was verified. The raw values are stable codes.
package enum InstrumentSeen: String, Sendable, CaseIterable {
  case original
  case certifiedCopy = "certified_copy"
  case confirmedByAuthority = "confirmed_by_authority"
}
