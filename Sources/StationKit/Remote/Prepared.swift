import StationCalendar
import StationJSON
import Synchronization

/// What a handler in another process made of a call: its result, and how to make it happen.
package final class Prepared: Sendable {
  /// nil for a call that is refused.
  package let result: JSONValue?
  /// Whether the result may be answered as it is: nothing is to be written, and all that was read belongs
  /// together.
  package let isSettled: Bool
  /// The instant that the handler was told: what it makes other modules do counts as done then, so that they tell the
  /// same again. nil where it was told none.
  package let now: Instant?
  /// To be called when the call stands in the writer's line, or is given up.
  package let posted: @Sendable () -> Void
  private let body: @Sendable (any ReadTransaction) throws -> Void
  private let stale = Atomic<Bool>(false)

  /// - Parameter body: repeats the reads, throws ``StaleReads`` where one gives something else by now, and does
  ///   what is to be done. It may be run more than once: a transaction may be undone.
  package init(
    result: JSONValue?, isSettled: Bool = false, now: Instant? = nil,
    posted: @escaping @Sendable () -> Void = {},
    body: @escaping @Sendable (any ReadTransaction) throws -> Void
  ) {
    self.result = result
    self.isSettled = isSettled
    self.now = now
    self.posted = posted
    self.body = body
  }

  /// A call that is refused: the transaction records it, or finds that it was answered before.
  package convenience init(refusing error: RPCError) {
    self.init(result: nil) { _ in throw error }
  }

  /// Whether the last ``replay(_:)`` found what was read changed: the handler must run again.
  package var isStale: Bool { stale.load(ordering: .acquiring) }

  /// Makes it happen in this transaction.
  package func replay(_ transaction: any ReadTransaction) throws -> JSONValue {
    stale.store(false, ordering: .releasing)
    do {
      try body(transaction)
    } catch let error as StaleReads {
      stale.store(true, ordering: .releasing)
      throw error
    }
    return result ?? .null
  }
}

/// What a call had read is not so any more. Nothing of the call happens, and it is run again.
package struct StaleReads: Error {
  /// The series whose next number was not the one foretold, and what it is.
  package let number: (series: String, value: Int)?

  package init(number: (series: String, value: Int)? = nil) { self.number = number }
}
