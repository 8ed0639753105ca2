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
      pointer: "/result", rule: StopLossRules.queue, details: ["stop": .string(other.id)])
  }

  /// The first freeze that waits behind one that has ended takes effect by itself, from that instant.
  func takeEffect(behind ended: StopWork, _ context: CallContext, _ tx: any Transaction) throws {
    let waiting = try others(ended, tx).filter { $0.stop.state == .queued }
    let first = waiting.min { left, right in
      let (a, b) = (left.stop.freeze?.ordered ?? .latest, right.stop.freeze?.ordered ?? .latest)
      return a != b ? a < b : left.id < right.id
    }
    guard let first, !(try others(ended, tx).contains { $0.stop.state.isFrozen }) else { return }
    var work = try StopWork.load(first.id, pointer: "/id", tx)
    try step(&work, .takeEffect)
    let at: Instant? =
      switch ended.stop.state {
      case .lapsed: ended.before.ends
      case .executed: ended.stop.returns.last?.finished
      default: ended.stop.released
      }
    try frozen(&work, at: at ?? context.now, work.stop.freeze?.amount ?? 0, context, tx)
    _ = try save(&work, .takeEffect, [:], context, tx)
  }

  /// The lapse of a freeze was none: the freeze that took effect with it goes back to where it waited.
  func requeue(behind work: inout StopWork, _ context: CallContext, _ tx: any Transaction) throws {
    guard let end = work.before.freeze?.term?.end else { return }
    let follower = try others(work, tx).first { _, other in
      // What somebody has worked on since stays, and refuses what follows.
      other.freeze?.term?.start == end
        && other.history.last?["action"]?.stringValue == StopAction.takeEffect.rawValue
    }
    guard let follower else { return }
    var waiting = try StopWork.load(follower.id, pointer: "/id", tx)
    try step(&waiting, .requeue)
    waiting.stop.freeze?.since = nil
    waiting.stop.freeze?.term = nil
    waiting.stop.alarms = 0
    _ = try save(&waiting, .requeue, [:], context, tx)
    work.isFollowed = true
  }
}
