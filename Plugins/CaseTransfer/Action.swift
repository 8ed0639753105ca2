/// What can be done to a case. The raw values are stable codes.
package enum Action: String, Sendable, CaseIterable {
  case receive
  case urgentStep = "urgent_step"
  case screen, reclassify
  case requestApproval = "request_approval"
  case approve
  case issueNotice = "issue_notice"
  /// Approval and notice of an urgent case, recorded without holding it.
  case recordPapers = "record_papers"
  case send
  /// The first of the two signatures on a count.
  case sign
  /// The second signature, and both counts agree.
  case count
  /// The second signature, and they do not.
  case findDiscrepancy = "find_discrepancy"
  /// The first signature of another count.
  case recount
  case accept, dispute, adjudicate
  case negotiate
  /// The common superior leaves the case with the bureau.
  case keep
  case designate
  case endJurisdiction = "end_jurisdiction"
  case addEvidence = "add_evidence"
  case moveEvidence = "move_evidence"
  case correctEvidence = "correct_evidence"
  /// To the designated bureau, after the jurisdiction has ended.
  case handOut = "hand_out"
  case tellReporter = "tell_reporter"
  /// What is kept about somebody was wrong, or has changed.
  case correct
  case trouble
}
