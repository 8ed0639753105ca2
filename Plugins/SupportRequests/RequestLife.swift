import StationKit

/// The life cycle of a request.
///
/// There is no way to reject: a department acknowledges or redirects. A redirect waits for acknowledgement
/// anew, also after the first department had acknowledged, so that its response clock runs on.
package enum RequestLife {
  private static let waiting: [State] = [.submitted, .redirected, .reopened]
  private static let inWork: [State] = [.acknowledged, .assigned, .supporting]

  package static let table = LifeCycle<State, Action>(
    initial: .submitted, rule: SupportRules.lifeCycle,
    [
      (waiting, .acknowledge, .state(.acknowledged)),
      (waiting + [.acknowledged, .assigned], .redirect, .state(.redirected)),
      ([.acknowledged, .assigned], .assign, .state(.assigned)),
      ([.assigned], .start, .state(.supporting)),
      (inWork, .requestInfo, .state(.infoRequested)),
      ([.infoRequested], .provideInfo, .former),
      (waiting + inWork + [.infoRequested], .changeUrgency, .same),
      ([.supporting], .complete, .state(.feedbackDue)),
      ([.feedbackDue], .feedback, .state(.closed)),
      ([.feedbackDue], .lapse, .state(.closed)),
      (waiting + inWork + [.infoRequested], .withdraw, .state(.withdrawn)),
      ([.closed], .reopen, .state(.reopened)),
      (waiting + inWork + [.infoRequested], .approve, .same),
    ])
}
