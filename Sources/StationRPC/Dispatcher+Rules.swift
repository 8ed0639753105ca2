import StationKit
import StationStore

extension Dispatcher {
  /// What may be changed while the daemon runs.
  struct Rules {
    var policy: AccessPolicy
    var limits: Limits
    /// One more at every change of the policy.
    var generation = 0
  }

  package var limits: Limits { rules.withLock { $0.limits } }
  var generation: Int { rules.withLock { $0.generation } }

  /// From here on calls are judged by these, on open connections too.
  package func apply(policy: AccessPolicy, limits: Limits) {
    rules.withLock { $0 = Rules(policy: policy, limits: limits, generation: $0.generation + 1) }
  }

  /// A peer by the rules of one generation.
  struct ResolvedIdentity: Sendable {
    let identity: Identity
    let generation: Int
  }

  func resolve(_ peer: Peer) -> ResolvedIdentity {
    rules.withLock {
      ResolvedIdentity(identity: $0.policy.identity(of: peer), generation: $0.generation)
    }
  }

  /// The answer, with the observer told of it.
  func observed(
    _ request: RPCRequest?, _ identity: Identity, _ answer: @escaping @Sendable (Answer) -> Void
  ) -> @Sendable (Answer) -> Void {
    guard let observe else { return answer }
    let begun = Monotonic.now()
    // A name that a client made up may hold anything.
    let method = request.flatMap { registry.methods[$0.method]?.fullName } ?? "(unknown)"
    return { outcome in
      answer(outcome)
      observe(
        CallReport(
          method: method, uid: identity.peer.uid, unit: identity.unit, outcome: CallReport.outcome(outcome),
          microseconds: (Monotonic.now() - begun) / 1_000))
    }
  }
}
