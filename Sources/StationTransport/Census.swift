import NIOCore
import StationRPC
import Synchronization

/// The connections of a server: admits them, counts them, and tells when the last one is gone.
final class Census: Sendable {
  private struct State {
    var admission: Admission
    var empty: EventLoopPromise<Bool>?
  }

  private let state: Mutex<State>

  init(limits: Limits) {
    state = Mutex(State(admission: Admission(limits: limits)))
  }

  var count: Int { state.withLock { $0.admission.count } }

  func apply(_ limits: Limits) { state.withLock { $0.admission.apply(limits) } }

  func admit(uid: UInt32, on socketClass: SocketClass) throws(Admission.Refusal) {
    try state.withLock { (state) throws(Admission.Refusal) in
      try state.admission.admit(uid: uid, on: socketClass)
    }
  }

  func release(uid: UInt32, on socketClass: SocketClass) {
    let empty = state.withLock { state -> EventLoopPromise<Bool>? in
      state.admission.release(uid: uid, on: socketClass)
      guard state.admission.count == 0 else { return nil }
      defer { state.empty = nil }
      return state.empty
    }
    empty?.succeed(true)
  }

  /// Waits until no connection is open; false when the time was over first.
  func drained(within time: Duration, on loop: any EventLoop) async -> Bool {
    let promise = loop.makePromise(of: Bool.self)
    let isEmpty = state.withLock { state in
      guard state.admission.count > 0 else { return true }
      state.empty = promise
      return false
    }
    if isEmpty { promise.succeed(true) }
    let timer = loop.scheduleTask(in: TimeAmount(time)) { [self] in
      let late = state.withLock { state in
        defer { state.empty = nil }
        return state.empty
      }
      late?.succeed(false)
    }
    defer { timer.cancel() }
    return (try? await promise.futureResult.get()) ?? false
  }
}
