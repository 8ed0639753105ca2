import StationKit

/// The life cycle of a stop on one account.
///
/// A bank's answer may come late, after the clock has given it up, and after a freeze was asked for in its absence: the
/// table takes it, since it is a fact. A freeze can follow a stop that lapsed or was never answered; the lapse stays
/// counted. A return that was with the bank when the freeze ended may have been done before; so may a release. Where a
/// lapse turns out to be none, the freeze that came into force in its place goes back into the queue; so it does where
/// the bank says that another is in front.
package enum StopLife {
  private static let inForce: [StopState] = [.frozen, .renewed]
  private static let returning: [StopState] = [.returnDecided, .notice]
  private static let held: [StopState] = [.stopped, .freezeRequested] + inForce + returning

  package static let table = LifeCycle<StopState, StopAction>(
    initial: .intake,
    [
      ([.intake], .validate, .state(.validated)),
      ([.validated], .requestStop, .state(.stopRequested)),
      ([.stopRequested, .noAnswer], .answerStopped, .state(.stopped)),
      ([.stopRequested, .noAnswer], .answerMismatch, .state(.refusedMismatch)),
      ([.freezeRequested], .answerStopped, .same),
      ([.freezeRequested], .answerMismatch, .same),
      ([.stopRequested], .answerNone, .state(.noAnswer)),
      ([.noAnswer, .freezeRequested], .answerNone, .same),
      ([.stopped, .noAnswer, .lapsed, .freezeRequested], .requestFreeze, .state(.freezeRequested)),
      ([.freezeRequested, .lapsed], .orderFreeze, .same),
      ([.freezeRequested, .lapsed, .queued], .recordFrozen, .state(.frozen)),
      ([.freezeRequested, .lapsed], .recordQueued, .state(.queued)),
      ([.freezeRequested], .recordFreezeRefused, .former),
      ([.lapsed], .recordFreezeRefused, .same),
      ([.queued], .takeEffect, .state(.frozen)),
      (inForce, .confirmFreeze, .same),
      ([.frozen], .requeue, .state(.queued)),
      (inForce + returning, .requestRenewal, .same),
      (inForce + returning, .orderRenewal, .same),
      (inForce + [.lapsed], .recordRenewal, .state(.renewed)),
      (returning, .recordRenewal, .same),
      (held + [.queued], .findUnrelated, .same),
      (held + [.queued, .lapsed], .release, .state(.released)),
      (held, .lapse, .state(.lapsed)),
      (inForce, .decideReturn, .state(.returnDecided)),
      (returning, .withdrawReturn, .former),
      ([.lapsed], .withdrawReturn, .same),
      ([.returnDecided], .approveReturn, .same),
      ([.returnDecided], .beginNotice, .state(.notice)),
      (returning, .orderReturn, .same),
      (returning + [.lapsed], .execute, .state(.executed)),
      (returning, .executePart, .state(.frozen)),
      ([.lapsed], .executePart, .same),
    ])
}
