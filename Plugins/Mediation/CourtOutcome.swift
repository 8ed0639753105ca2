/// What became of an application to the court. The raw values are stable codes.
package enum CourtOutcome: String, Sendable, CaseIterable { case applied, confirmed, refused }
