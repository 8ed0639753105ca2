/// What of a request has an end: its two clocks, and the station's feedback. The raw values are stable codes.
package enum TermName: String, Sendable, CaseIterable {
  case response, support, feedback

  /// The rule that sets its limit.
  var rule: String {
    switch self {
    case .response: SupportRules.responseLimit
    case .support: SupportRules.supportLimit
    case .feedback: SupportRules.feedbackLimit
    }
  }
}
