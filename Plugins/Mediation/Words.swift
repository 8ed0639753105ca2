/// What a dispute is about. The raw values are stable codes.
package enum Kind: String, Sendable, CaseIterable {
  case marriageAndLove = "marriage_and_love"
  case family, neighbours, debt, labour, other
}

/// The three linked kinds of mediation (公调、民调、庭所对接). The raw values are stable codes.
package enum Mode: String, Sendable, CaseIterable { case police, people, judicial }

/// Why a dispute is not open to mediation. The raw values are stable codes; each has a rule of its own.
package enum Exclusion: String, Sendable, CaseIterable {
  case hiredAssault = "hired_assault"
  case gangFight = "gang_fight_or_provocation"
  case repeatOffender = "repeat_offender"
  case unwilling
  case newOffence = "new_offence"
  case fled

  /// The id of the rule.
  package var rule: String { "mediation.exclusion.\(rawValue)" }
}

/// What a session led to. The raw values are stable codes.
package enum SessionResult: String, Sendable, CaseIterable {
  case agreed
  /// No agreement yet; another session follows.
  case adjourned
  /// No agreement, and none is tried any more.
  case failed
}

/// How much of an agreement was performed. The raw values are stable codes.
package enum Performance: String, Sendable, CaseIterable { case part, full, none }

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

/// Where the parties go when mediation ends without success. The raw values are stable codes.
package enum Advice: String, Sendable, CaseIterable { case caseHandling = "case", court }

/// What became of an application to the court. The raw values are stable codes.
package enum CourtOutcome: String, Sendable, CaseIterable { case applied, confirmed, refused }

/// A limit that a dispute can be under. The raw values are stable codes.
package enum LimitName: String, Sendable, CaseIterable {
  case accept
  case session1 = "session_1"
  case session2 = "session_2"
  case agreement, performance, visit
  case caseClock = "case"
  case caseExtended = "case_extended"
  case court
}
