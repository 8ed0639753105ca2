/// Why a mediation failed. The raw values are stable codes.
package enum FailureReason: String, Sendable, CaseIterable {
  case noAgreement = "no_agreement"
  /// A party did not come.
  case absent
  /// A party did not sign what was agreed.
  case notSigned = "not_signed"
  case notPerformed = "not_performed"
  /// An exclusion came up; the decision names it.
  case excluded
  case other

  /// What a caller of `fail` may say.
  package static let stated: [FailureReason] = [.noAgreement, .absent, .notSigned, .notPerformed, .other]
}
