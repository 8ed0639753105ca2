import Foundation
import Glibc
import StationKit
import StationPluginWire

/// The plugin's end of the socket pair: messages out from any thread, in from one.
package final class PluginLink: @unchecked Sendable {
  private let descriptor: Int32
  private let sending = Guarded(())
  private var framer = LineFramer(limits: PluginLimits())
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  // Above: the reading thread's alone.

  private struct State {
    var lastID = 0
    var waiting: [Int: Waiter] = [:]
    var isClosed = false
  }
  private let state = Guarded(State())

  /// One request of this side that waits for its answer.
  final class Waiter: @unchecked Sendable {
    // Written before the semaphore is signalled, read after it.
    var answer: Result<JSONValue, RPCError> = .failure(RPCError(.cancelled))
    let semaphore = DispatchSemaphore(value: 0)
  }

  package init(descriptor: Int32) { self.descriptor = descriptor }

  func send(_ value: JSONValue) {
    var bytes = value.encoded()
    bytes.append(0x0A)
    sending.withLock { _ in
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return }
        sent += count
      }
    }
  }

  /// Asks the daemon and waits.
  func ask(_ method: PluginProtocol.ToHost, _ params: JSONObject) throws(RPCError) -> JSONValue {
    let waiter = Waiter()
    let id = state.withLock { state -> Int? in
      guard !state.isClosed else { return nil }
      state.lastID += 1
      state.waiting[state.lastID] = waiter
      return state.lastID
    }
    guard let id else { throw RPCError(.cancelled) }
    send(["jsonrpc": "2.0", "id": .int(id), "method": .string(method.rawValue), "params": .object(params)])
    waiter.semaphore.wait()
    return try waiter.answer.get()
  }

  /// The next request or notification of the daemon; nil when it has closed. On one thread.
  func next() -> JSONObject? {
    while true {
      do {
        while let value = try framer.next() {
          guard case .object(let message) = value else { return nil }
          if message["method"] != nil { return message }
          answered(message)
        }
      } catch {
        return nil
      }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      buffer[..<count].withUnsafeBytes { framer.append($0) }
    }
  }

  private func answered(_ message: JSONObject) {
    guard let id = message["id"]?.intValue,
      let waiter = state.withLock({ $0.waiting.removeValue(forKey: id) })
    else { return }
    if let error = message["error"] {
      waiter.answer = .failure(RPCError(wire: error) ?? RPCError(.internalError))
    } else {
      waiter.answer = .success(message["result"] ?? .null)
    }
    waiter.semaphore.signal()
  }

  /// Nobody will be answered any more.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for waiter in waiting { waiter.semaphore.signal() }
  }
}
