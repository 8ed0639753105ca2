/// What can be done to a dispute. The raw values are stable codes.
///
/// Several belong to one method: its params say which of them is meant.
package enum Action: String, Sendable, CaseIterable {
  case accept
  case addParty = "add_party"
  case addRepresentative = "add_representative"
  case updateParty = "update_party"
  case correct
  /// Another call about the same dispute.
  case call
  case findOpen = "find_open"
  case exclude
  case consent
  /// The last party that was asked agrees.
  case consentAll = "consent_all"
  case refuse
  /// A session without agreement that another one follows.
  case adjourn
  case agree
  /// The last session, without agreement.
  case endSession = "end_session"
  case sign
  case performPart = "perform_part"
  case perform
  case breach
  case visit, fail
  case confirm
  case propose
  case cancelProposal = "cancel_proposal"
  case takeOver = "take_over"
  case startAppraisal = "start_appraisal"
  case endAppraisal = "end_appraisal"
  case requestExtension = "request_extension"
  case extend
  case withdraw, advise, close
}
