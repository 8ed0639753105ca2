import Foundation
import Glibc
import StationKit
import StationPluginWire

/// The plugin's end of the socket pair: messages out from any thread, in from one.
package final class PluginLink: @unchecked Sendable {
  private let descriptor: Int32
  private let sending = Guarded(())
  private var framer = LineFramer(limits: PluginLink.incoming)
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  // Above: the reading thread's alone.

  private struct State {
    /// What the daemon takes; it says so in `plugin.init`.
    var frameBytes = PluginLimits().frameBytes
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

  /// Of the daemon's own messages none is too long.
  private static let incoming = {
    var limits = PluginLimits()
    limits.frameBytes = .max
    return limits
  }()

  func take(frameBytes: Int) { state.withLock { $0.frameBytes = frameBytes } }

  /// Sends it, unless the daemon would end this process for it: a message too long, or nested too deep.
  /// - Returns: whether it was one to send.
  @discardableResult
  func send(_ value: JSONValue) -> Bool {
    guard !value.isDeeper(than: PluginLimits().depth) else { return false }
    var bytes = value.encoded()
    guard bytes.count <= state.withLock({ $0.frameBytes }) else { return false }
    bytes.append(0x0A)
    send(bytes)
    return true
  }

  private func send(_ bytes: [UInt8]) {
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
    let request: JSONValue = [
      "jsonrpc": "2.0", "id": .int(id), "method": .string(method.rawValue), "params": .object(params),
    ]
    guard send(request) else {
      state.withLock { _ = $0.waiting.removeValue(forKey: id) }
      throw RPCError(.answerTooLarge)
    }
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

extension JSONValue {
  /// Whether arrays and objects in it are nested more than so deep.
  fileprivate func isDeeper(than depth: Int) -> Bool {
    switch self {
    case .array(let elements): depth == 0 || elements.contains { $0.isDeeper(than: depth - 1) }
    case .object(let members): depth == 0 || members.contains { $0.value.isDeeper(than: depth - 1) }
    default: false
    }
  }
}
