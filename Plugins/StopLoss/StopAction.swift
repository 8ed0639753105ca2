/// What can be done to a stop. The raw values are stable codes.
package enum StopAction: String, Sendable, CaseIterable {
  case validate
  case requestStop = "request_stop"
  /// The bank's answers to the request; `answer_none` also by the clock.
  case answerStopped = "answer_stopped"
  case answerMismatch = "answer_mismatch"
  case answerNone = "answer_none"
  case requestFreeze = "request_freeze"
  /// The chief has approved: the order goes to the bank.
  case orderFreeze = "order_freeze"
  case recordFrozen = "record_frozen"
  /// The bank says what a freeze holds that took effect by itself.
  case confirmFreeze = "confirm_freeze"
  case recordQueued = "record_queued"
  case recordFreezeRefused = "record_freeze_refused"
  /// The freeze in front has ended: by the clock or by its release, never by a caller.
  case takeEffect = "take_effect"
  /// The freeze in front had not ended after all, or the bank says that another is in front.
  case requeue
  case requestRenewal = "request_renewal"
  /// The chief has approved: the bank is asked to renew.
  case orderRenewal = "order_renewal"
  case recordRenewal = "record_renewal"
  case findUnrelated = "find_unrelated"
  case release
  /// An end passed: by the clock, never by a caller.
  case lapse
  case decideReturn = "decide_return"
  case withdrawReturn = "withdraw_return"
  case approveReturn = "approve_return"
  case beginNotice = "begin_notice"
  case orderReturn = "order_return"
  /// The bank has returned all of the money, or a part and the rest stays frozen.
  case execute
  case executePart = "execute_part"
}
