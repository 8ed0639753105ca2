/// Why money is let go. The raw values are stable codes.
package enum ReleaseReason: String, Sendable, CaseIterable {
  /// It has nothing to do with the case.
  case unrelated
  /// It was the wrong account.
  case wrongAccount = "wrong_account"
  case caseClosed = "case_closed"
  case courtOrder = "court_order"
  /// The victim has the money back by another way.
  case repaid

  /// Whether the money should not have been held: it has to be let go within the rule's days.
  var isMistake: Bool { self == .unrelated || self == .wrongAccount }
}
