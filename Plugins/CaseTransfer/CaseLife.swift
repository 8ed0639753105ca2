import StationKit

/// The life cycle of a case.
///
/// There is no way to refuse a case: the receiver accepts it, and disputes afterwards.
package enum CaseLife {
  static let unsent: [State] = [.received, .screened, .approval, .noticeIssued]
  private static let taken: [State] = [.accepted, .acceptedUnderDispute, .adjudicated]
  private static let outward: [State] = [.negotiating, .designated]
  /// The evidence may be worked with.
  private static let atRest = unsent + taken + outward

  package static let table = LifeCycle<State, Action>(
    initial: .received,
    [
      (State.held, .urgentStep, .same),
      // An accepted case only where it turns out to be urgent.
      (unsent + taken + [.negotiating], .screen, .state(.screened)),
      (unsent + taken, .reclassify, .state(.screened)),
      (outward, .reclassify, .same),
      ([.screened, .approval], .requestApproval, .state(.approval)),
      ([.approval], .approve, .same),
      ([.screened, .approval], .issueNotice, .state(.noticeIssued)),
      // The ruling stands: the case is not screened again on its way.
      ([.adjudicated], .issueNotice, .same),
      ([.screened, .noticeIssued] + State.onTheWay + taken, .recordPapers, .same),
      ([.screened, .noticeIssued, .adjudicated], .send, .state(.sent)),
      ([.sent], .sign, .same),
      ([.sent], .count, .state(.counted)),
      ([.sent], .findDiscrepancy, .state(.discrepancy)),
      ([.discrepancy], .recount, .state(.sent)),
      ([.counted], .accept, .state(.accepted)),
      ([.accepted], .dispute, .state(.acceptedUnderDispute)),
      ([.acceptedUnderDispute], .adjudicate, .state(.adjudicated)),
      ([.screened, .accepted, .adjudicated], .negotiate, .state(.negotiating)),
      ([.negotiating], .keep, .state(.screened)),
      ([.negotiating], .designate, .state(.designated)),
      ([.designated], .endJurisdiction, .state(.jurisdictionEnded)),
      (atRest, .addEvidence, .same),
      (atRest, .moveEvidence, .same),
      (atRest + [.discrepancy], .correctEvidence, .same),
      ([.jurisdictionEnded], .handOut, .same),
      (State.allCases.filter { $0 != .received }, .tellReporter, .same),
      (State.allCases, .correct, .same),
      (State.held, .trouble, .same),
    ])
}
