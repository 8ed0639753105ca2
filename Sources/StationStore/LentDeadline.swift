import StationKit

/// A due deadline whose handler is at work in another process, by kind and subject.
struct LentDeadline: Hashable {
  let kind: String
  let subject: String
}

extension DueDeadline {
  var lent: LentDeadline { LentDeadline(kind: kind, subject: subject) }

  /// As its handler sees it.
  func deadline(_ name: String, _ context: CallContext) -> Deadline {
    Deadline(kind: name, subject: subject, due: due, payload: payload, late: context.isLate(due))
  }
}

/// What another process made of a deadline that was lent to it.
package struct RemoteDeadline: Sendable {
  let outcome: Result<Prepared, RPCError>
  /// How often its handler has run for this firing.
  let attempt: Int

  var isStale: Bool { (try? outcome.get())?.isStale ?? false }
  /// Whether what it read has changed, and its handler is to run once more.
  var runsAgain: Bool { isStale && attempt < RemoteCall.attempts }
}

/// Something that runs as a module's transaction and is then undone: what a handler in another process would
/// read after what it is about to do.
package struct Rehearsal: Sendable {
  package let module: String
  package let context: CallContext
  /// Gives the answer, and the ids that were made for it.
  package let body: @Sendable (any Transaction) throws -> JSONValue

  package init(
    module: String, context: CallContext, body: @escaping @Sendable (any Transaction) throws -> JSONValue
  ) {
    self.module = module
    self.context = context
    self.body = body
  }
}
