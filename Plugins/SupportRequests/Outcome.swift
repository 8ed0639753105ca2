/// What else the figures count of a cycle, in one integer: a column of the figures' index.
package struct Outcome: Sendable, Hashable {
  /// Where the station's feedback stands.
  package enum Feedback: Int, Sendable {
    /// Not due yet, or due and within its limit.
    case open = 0
    case given = 1
    /// Its limit passed: the request closed as incomplete.
    case missing = 2
    /// Withdrawn: none is owed.
    case none = 3
  }

  package var redirects = 0
  package var feedback = Feedback.open
  /// What the station said; false until it has spoken.
  package var inTime = false
  package var worked = false

  package init() {}

  package init(column: Int) {
    feedback = Feedback(rawValue: column & 3) ?? .open
    inTime = column & 4 != 0
    worked = column & 8 != 0
    redirects = column >> 4
  }

  package var column: Int { redirects << 4 | (worked ? 8 : 0) | (inTime ? 4 : 0) | feedback.rawValue }
}
