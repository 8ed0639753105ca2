/// Where a case stands. The raw values are stable codes.
package enum State: String, Sendable, CaseIterable {
  case received, screened, approval
  case noticeIssued = "notice_issued"
  case sent
  /// Both sides have signed, and the counts or digests differ: not accepted.
  case discrepancy
  case counted, accepted
  case acceptedUnderDispute = "accepted_under_dispute"
  case adjudicated
  case negotiating, designated
  case jurisdictionEnded = "jurisdiction_ended"

  /// The states in which a unit of the bureau owns the case.
  package static let held = allCases.filter { $0 != .jurisdictionEnded }
  /// Those in which the evidence stands still, because it is on its way.
  package static let onTheWay: [State] = [.sent, .discrepancy, .counted]
}
