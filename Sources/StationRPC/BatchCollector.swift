import StationKit
import Synchronization

/// Gathers the answers of one batch into one array (JSON-RPC 2.0, section 6).
///
/// All answers together may be as long as one. Where they are longer, the longest reads give way, each to an error of
/// its own; what tells that something was written never does.
final class BatchCollector: Sendable {
  /// Answers a call with an error in the place of its result.
  struct Refusal: Sendable {
    let id: [UInt8]
    let run: @Sendable (_ error: RPCError, _ answer: @escaping @Sendable ([UInt8]) -> Void) -> Void

    /// About how long that answer is.
    var bytes: Int { id.count + 512 }
  }

  private struct Entry {
    let bytes: [UInt8]
    /// nil where the answer must not give way.
    let refusal: Refusal?
  }
  private struct State {
    var entries: [Entry?]
    var missing: Int
  }
  private let state: Mutex<State>
  private let byteLimit: Int
  private let done: @Sendable ([UInt8]?) -> Void

  /// - Parameter done: called once, with nil when every member was a notification.
  init(count: Int, byteLimit: Int, done: @escaping @Sendable ([UInt8]?) -> Void) {
    state = Mutex(State(entries: Array(repeating: nil, count: count), missing: count))
    self.byteLimit = byteLimit
    self.done = done
  }

  /// - Parameters:
  ///   - answer: nil for a member that gets none.
  ///   - refusal: what to do where all answers together are too long; nil to keep this one.
  func add(_ answer: [UInt8]?, at position: Int, refusal: Refusal? = nil) {
    let complete = state.withLock { state -> [Entry?]? in
      state.entries[position] = answer.map { Entry(bytes: $0, refusal: refusal) }
      state.missing -= 1
      return state.missing == 0 ? state.entries : nil
    }
    guard let complete else { return }
    let excess = excess(complete)
    guard !excess.isEmpty else { return done(Self.joined(complete.compactMap { $0?.bytes })) }
    state.withLock { $0.missing = excess.count }
    let error = RPCError(.answerTooLarge, details: ["limit_bytes": .int(byteLimit)])
    for (position, refusal) in excess { refusal.run(error) { [self] in add($0, at: position) } }
  }

  /// The longest answers that may give way, so many that the others fit.
  private func excess(_ entries: [Entry?]) -> [(Int, Refusal)] {
    let answers = entries.enumerated().compactMap { place, entry in entry.map { (place, $0) } }
    var total = answers.reduce(1 + answers.count) { $0 + $1.1.bytes.count }
    var excess: [(Int, Refusal)] = []
    for (place, entry) in answers.sorted(by: { $0.1.bytes.count > $1.1.bytes.count }) {
      guard total > byteLimit else { break }
      guard let refusal = entry.refusal, entry.bytes.count > refusal.bytes else { continue }
      total -= entry.bytes.count - refusal.bytes
      excess.append((place, refusal))
    }
    return excess
  }

  private static func joined(_ answers: [[UInt8]]) -> [UInt8]? {
    guard !answers.isEmpty else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(answers.reduce(1 + answers.count) { $0 + $1.count })
    for answer in answers {
      bytes.append(UInt8(ascii: bytes.isEmpty ? "[" : ","))
      bytes += answer
    }
    bytes.append(UInt8(ascii: "]"))
    return bytes
  }
}
