import StationCrypto
import StationKit
import Synchronization

/// What may stop a call before it starts: the client left or cancelled, or its time is over.
package final class CallToken: Sendable {
  private enum Phase: UInt8, AtomicRepresentable { case waiting, started, cancelled }

  private let phase = Atomic<Phase>(.waiting)
  /// On the monotonic clock, in nanoseconds; nil for none.
  package let deadline: UInt64?

  package init(deadline: UInt64? = nil) { self.deadline = deadline }

  /// False where the call has started: nothing stops it then.
  @discardableResult
  package func cancel() -> Bool {
    phase.compareExchange(expected: .waiting, desired: .cancelled, ordering: .acquiringAndReleasing).original
      != .started
  }

  package var isCancelled: Bool { phase.load(ordering: .acquiring) == .cancelled }

  /// Why the call must not start, if so.
  package var refusal: ErrorKind? {
    if isCancelled { return .cancelled }
    if let deadline, Monotonic.now() > deadline { return .deadlinePassed }
    return nil
  }

  /// Starts the call, or says why it must not. It may start again where its batch is run again.
  package func start() -> ErrorKind? {
    if let refusal { return refusal }
    let was = phase.compareExchange(
      expected: .waiting, desired: .started, ordering: .acquiringAndReleasing)
    return was.original == .cancelled ? .cancelled : nil
  }
}

/// What a call answers: its result as JSON text, or the error.
package typealias Answer = Result<[UInt8], RPCError>

/// One thing for the writer to do in the next batch.
package final class WriteJob: Sendable {
  package enum Work: Sendable {
    /// A call that writes.
    case call(StoreCall)
    /// A record alone: a disclosure whose bytes wait for it, or a call that was denied or failed.
    case record(outcome: RPCError?, read: [Touched], via: [String], answer: Answer)
    /// A record alone: an act outside the store is about to begin. How it ended is another record.
    case begin
    /// The store's own work, in the batch's transaction; it leaves no record.
    case upkeep(@Sendable (Upkeep) throws -> [UInt8])
    /// Answered when no deadline is due any more.
    case settle
    /// What another process made of a deadline that was lent to it.
    case fired(DueDeadline, RemoteDeadline)
    /// Runs inside a transaction that is undone again; leaves no record.
    case rehearse(Rehearsal)
    /// Brings the database up to a changed set of modules, which counts from then on.
    case adopt(@Sendable (Registry) throws -> Registry)

    var isForBatch: Bool {
      switch self {
      case .settle, .adopt: false
      default: true
      }
    }
  }

  package let cause: Cause
  package let work: Work
  /// Called on the writer's thread once the batch is on disk, or has failed.
  package let done: @Sendable (Answer) -> Void

  /// Whether it must not be answered while the database's files are not in their place. What is written then is what the
  /// daemon records of itself, and the backup that saves what there is.
  var needsPlace: Bool {
    switch work {
    case .call: true
    case .begin: !isBackup
    case .record(let error, let read, _, _): !read.isEmpty || error != nil && !isBackup
    default: false
    }
  }

  private var isBackup: Bool { cause.method == Store.backupMethod }

  package init(cause: Cause, work: Work, done: @escaping @Sendable (Answer) -> Void) {
    self.cause = cause
    self.work = work
    self.done = done
  }

  /// A record alone, of what its cause says.
  package static func record(
    _ cause: Cause, done: @escaping @Sendable (Answer) -> Void = { _ in }
  ) -> WriteJob {
    WriteJob(
      cause: cause, work: .record(outcome: nil, read: [], via: [], answer: .success([])), done: done)
  }
}

/// A call of a method: everything decided before the transaction.
package final class StoreCall: Sendable {
  package let method: CompiledMethod
  package let params: Params
  package let principal: Principal
  package let purpose: String?
  package let reason: String?
  /// What of the result the caller may not see in full; nil where nothing is hidden.
  package let mask: ResultMask?
  /// nil where the client gave no key; always for a read.
  package let idempotency: Idempotency?
  package let token: CallToken
  /// What a handler in another process made of the call: this happens instead of the method's own handler.
  package let prepared: Prepared?

  package init(
    method: CompiledMethod, params: Params, principal: Principal, purpose: String?, reason: String?,
    mask: ResultMask? = nil, idempotency: Idempotency? = nil, token: CallToken, prepared: Prepared? = nil
  ) {
    self.method = method
    self.params = params
    self.principal = principal
    self.purpose = purpose
    self.reason = reason
    self.mask = mask
    self.idempotency = idempotency
    self.token = token
    self.prepared = prepared
  }

  func context(_ environment: Environment, now: Instant) -> CallContext {
    environment.context(
      principal, method: method.fullName, now: prepared?.now ?? now, purpose: purpose, reason: reason)
  }
}

/// A client's promise that two calls with one key are one call.
package struct Idempotency: Sendable {
  /// The key, bound to who uses it.
  package let key: [UInt8]
  /// Over method and params without `meta`.
  package let digest: Digest32

  package init(key: [UInt8], digest: Digest32) {
    self.key = key
    self.digest = digest
  }
}
