/// A limit that a dispute can be under. The raw values are stable codes.
package enum LimitName: String, Sendable, CaseIterable {
  case accept
  case session1 = "session_1"
  case session2 = "session_2"
  case agreement, performance, visit
  case caseClock = "case"
  case caseExtended = "case_extended"
  case court
}
