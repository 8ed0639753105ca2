/// Where the handlers of a module run when that is a process of its own.
///
/// A handler there has no transaction: it reads while it runs, and says what is to be done. That is a
/// ``Prepared`` call; it happens later, in a transaction here, unless what it had read has changed meanwhile.
package protocol RemoteModule: AnyObject, Sendable {
  /// Runs a handler. `done` is called once, on any thread; with `unavailable` where the process cannot run it.
  func run(_ call: RemoteCall, done: @escaping @Sendable (Result<Prepared, RPCError>) -> Void)

  /// What the process answered cannot be used.
  func blame(_ fault: String)
}

/// One run of a handler in another process.
package struct RemoteCall: Sendable {
  package enum Work: Sendable {
    case read(Params)
    case write(Params)
    case deadline(Deadline)
  }

  /// Of the method or the deadline kind, without the module's prefix.
  package let name: String
  package let work: Work
  package let context: CallContext
  /// When its caller stops waiting, on the monotonic clock in nanoseconds.
  package let expiry: UInt64?
  /// Which run of the same call it is, from 1: what it had read was not so any more in those before.
  package let attempt: Int
  /// Whether its caller has left or cancelled it.
  package let isCancelled: @Sendable () -> Bool

  package init(
    name: String, work: Work, context: CallContext, expiry: UInt64? = nil, attempt: Int = 1,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.name = name
    self.work = work
    self.context = context
    self.expiry = expiry
    self.attempt = attempt
    self.isCancelled = isCancelled
  }

  /// How often a call is run in all when what it read keeps changing under it.
  package static let attempts = 5
}
