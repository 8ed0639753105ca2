import StationKit

/// Freezes that wait behind another (轮候).
extension StopSteps {
  /// Queued before the stop ended, and only told later: nothing had lapsed.
  static func queued(_ stop: inout Stop, from: StopState, at: Instant) {
    guard from == .lapsed, let hold = stop.hold, at < hold.end else { return }
    stop.held = stop.letGo ?? 0
    stop.unlapse()
    stop.endLapse()
  }

  /// An account is frozen once: a second freeze waits behind the first.
  func requireNoOtherFreeze(_ work: StopWork, _ tx: any ReadTransaction) throws {
    guard let other = try others(work, tx).first(where: { $0.stop.state.isFrozen }) else { return }
    throw RPCError(
      .refusedByRule, Text("The account is frozen already: this freeze is queued", zh: "该账户已被冻结，应作轮候冻结"),
      pointer: "/result", rule: RuleID.queue, details: ["stop": .string(other.id)])
  }

  /// What was returned of the account, and what is with a bank to be returned by another stop, in fen.
  func gone(_ work: StopWork, _ tx: any ReadTransaction) throws -> Int {
    let ordered = try others(work, tx).compactMap { $0.stop.decision }.filter { $0.bank != nil }
    return ordered.reduce(work.account?.returned ?? 0) { $0 + $1.total }
  }

  /// The most that can still be held of the account by what its banks have said, in fen.
  ///
  /// - Parameter gone: what ``gone(_:_:)`` tells.
  func left(_ work: StopWork, gone: Int) -> Int { max(0, (work.account?.counted ?? 0) - gone) }

  func left(_ work: StopWork, _ tx: any ReadTransaction) throws -> Int {
    left(work, gone: try gone(work, tx))
  }

  /// The first freeze that waits behind one that has ended takes effect by itself, from that instant or, where the end
  /// is found out late, from its own order: for what can be left of what it orders, until the bank says. Where that is
  /// nothing it goes on waiting for the bank's word.
  func takeEffect(behind ended: StopWork, _ context: CallContext, _ tx: any Transaction) throws {
    let waiting = try others(ended, tx).filter { $0.stop.state == .queued }
    let first = waiting.min { left, right in
      let (a, b) = (left.stop.freeze?.ordered ?? .latest, right.stop.freeze?.ordered ?? .latest)
      return a != b ? a < b : left.id < right.id
    }
    guard let first, !(try others(ended, tx).contains { $0.stop.state.isFrozen }) else { return }
    var work = try StopWork.load(first.id, pointer: "/id", tx)
    work.isByClock = ended.isByClock
    let end: Instant? =
      switch ended.stop.state {
      case .lapsed: ended.stop.freeze?.term?.end
      case .executed: ended.stop.returns.last?.finished
      default: ended.stop.released
      }
    let at = Self.effect(of: work.stop, after: end ?? context.now)
    let amount = min(work.stop.freeze?.amount ?? 0, try left(work, tx))
    guard amount > 0 else {
      return try Announcement(policy: policy, tx: tx).due(
        work.id, work.stop, .nothingLeft, at, late: context.isLate(at), zone: context.zone)
    }
    try step(&work, .takeEffect)
    try frozen(&work, at: at, amount, context, tx)
    work.stop.freeze?.isPresumed = true
    _ = try save(&work, .takeEffect, ["amount": .int(amount)], context, tx)
  }

  /// When a queued freeze takes effect: at the end of the one before it, and not before it was ordered itself.
  private static func effect(of stop: Stop, after end: Instant) -> Instant {
    max(end, stop.freeze?.ordered ?? end)
  }

  /// The lapse of a freeze was none: the freeze that took effect with it goes back to where it waited.
  func requeue(behind work: inout StopWork, _ context: CallContext, _ tx: any Transaction) throws {
    guard let end = work.before.freeze?.term?.end else { return }
    let follower = try others(work, tx).first { _, other in
      // What somebody has worked on since stays, and refuses what follows.
      other.freeze?.term?.start == Self.effect(of: other, after: end)
        && other.history.last?["action"]?.stringValue == StopAction.takeEffect.rawValue
    }
    guard let follower else { return }
    var waiting = try StopWork.load(follower.id, pointer: "/id", tx)
    try step(&waiting, .requeue)
    waiting.stop.freeze?.waitAgain()
    waiting.stop.alarms = 0
    _ = try save(&waiting, .requeue, [:], context, tx)
    work.isFollowed = true
  }
}
