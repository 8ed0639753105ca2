/// What can be done to a request. The raw values are stable codes, most of them the method of the same name.
package enum Action: String, Sendable, CaseIterable {
  case acknowledge, redirect, assign, start
  case requestInfo = "request_info"
  case provideInfo = "provide_info"
  case changeUrgency = "change_urgency"
  case complete, feedback, withdraw, reopen, approve
  /// The feedback limit passed: done by the clock, never by a caller.
  case lapse
}
