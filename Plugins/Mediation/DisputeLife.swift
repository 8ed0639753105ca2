import StationKit

/// The life cycle of a dispute.
///
/// An exclusion that comes to light before everybody has agreed makes the dispute ineligible; one that happens
/// later (a new offence, a suspect who fled) fails a mediation that was eligible, and counts as that.
package enum DisputeLife {
  private static let early: [State] = [.registered, .eligibility, .consent]
  private static let sessions: [State] = [.session1, .session2]

  package static let table = LifeCycle<State, Action>(
    initial: .registered, rule: RuleID.lifeCycle,
    [
      ([.registered], .accept, .state(.eligibility)),
      (early, .addParty, .same),
      (early + sessions + [.agreed], .addRepresentative, .same),
      (State.open, .updateParty, .same),
      (State.allCases, .correct, .same),
      (State.open, .call, .same),
      ([.eligibility], .findOpen, .state(.consent)),
      ([.eligibility, .consent], .exclude, .state(.ineligible)),
      (sessions, .exclude, .state(.failed)),
      ([.consent], .consent, .same),
      ([.consent], .consentAll, .state(.session1)),
      ([.consent], .refuse, .state(.ineligible)),
      ([.session1], .adjourn, .state(.session2)),
      (sessions, .agree, .state(.agreed)),
      (sessions, .endSession, .state(.failed)),
      ([.agreed], .sign, .state(.performing)),
      ([.performing], .performPart, .same),
      ([.performing], .perform, .state(.performed)),
      ([.performing], .breach, .state(.failed)),
      ([.performed], .visit, .state(.visited)),
      (sessions + [.agreed, .performing], .fail, .state(.failed)),
      ([.performing, .performed, .visited, .failed], .confirm, .same),
      (State.open, .propose, .same),
      (State.open, .cancelProposal, .same),
      (State.open, .takeOver, .same),
      ([.eligibility, .consent, .session1, .session2, .failed], .startAppraisal, .same),
      (State.open.filter { $0 != .registered }, .endAppraisal, .same),
      ([.failed], .requestExtension, .same),
      ([.failed], .extend, .same),
      (early + sessions, .withdraw, .state(.withdrawn)),
      ([.ineligible, .failed], .advise, .state(.advised)),
      ([.visited], .close, .state(.closed)),
    ])
}
