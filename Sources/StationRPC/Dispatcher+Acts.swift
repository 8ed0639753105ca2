import StationKit
import StationStore

/// Administrative acts of the daemon itself, which change what no transaction holds.
extension Dispatcher {
  /// What an administrative act does: calls back when it has ended.
  package typealias Act =
    @Sendable (_ done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void) -> Void

  /// Runs an administrative act. It begins once the record that it does is on disk, and is answered once the one that
  /// says how it ended is: a log that takes no record lets nothing happen that it would not tell of.
  package func act(
    _ cause: Cause, _ body: @escaping Act, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    store.write(
      WriteJob(cause: cause, work: .begin) { [self] begun in
        if case .failure(let error) = begun { return answer(.failure(error)) }
        // Off the event loops, and in the order of the records.
        acts.async { body { [self] result in record(result, cause, answer) } }
      })
  }

  /// Answers an administrative act once its record is on disk.
  private func record(
    _ result: Result<JSONValue, RPCError>, _ cause: Cause,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    switch result {
    case .failure(let error): refuse(error, cause, answer)
    case .success(let value):
      let done = bounded(.success(value.encoded()))
      store.write(
        WriteJob(
          cause: cause, work: .record(outcome: nil, read: [], via: [], answer: done), done: answer))
    }
  }
}
