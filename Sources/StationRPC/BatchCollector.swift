import StationKit
import Synchronization

/// Gathers the answers of one batch into one array (JSON-RPC 2.0, section 6).
final class BatchCollector: Sendable {
  private struct State {
    var answers: [[UInt8]?]
    var missing: Int
  }
  private let state: Mutex<State>
  private let byteLimit: Int
  private let done: @Sendable ([UInt8]?) -> Void

  /// - Parameter done: called once, with nil when every member was a notification.
  init(count: Int, byteLimit: Int, done: @escaping @Sendable ([UInt8]?) -> Void) {
    state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
    self.byteLimit = byteLimit
    self.done = done
  }

  /// - Parameter answer: nil for a member that gets none.
  func add(_ answer: [UInt8]?, at position: Int) {
    let complete = state.withLock { state -> [[UInt8]]? in
      state.answers[position] = answer
      state.missing -= 1
      return state.missing == 0 ? state.answers.compactMap { $0 } : nil
    }
    guard let complete else { return }
    done(complete.isEmpty ? nil : joined(complete))
  }

  private func joined(_ answers: [[UInt8]]) -> [UInt8] {
    let total = answers.reduce(1 + answers.count) { $0 + $1.count }
    guard total <= byteLimit else {
      return RPCResponse.encode(
        id: RPCRequest.nullID,
        .failure(RPCError(.answerTooLarge, details: ["limit_bytes": .int(byteLimit)])))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(total)
    for answer in answers {
      bytes.append(UInt8(ascii: bytes.isEmpty ? "[" : ","))
      bytes += answer
    }
    bytes.append(UInt8(ascii: "]"))
    return bytes
  }
}
