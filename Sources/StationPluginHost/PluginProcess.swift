import CStationSpawn
import Foundation
import Glibc
import StationKit
import StationPluginWire

/// One process of a plugin: its descriptors, the thread that reads them, its end.
///
/// It knows bytes and lines only. What it tells, it tells from its own thread, one thing after the other, and
/// ``Listener/ended`` last.
final class PluginProcess: @unchecked Sendable {
  struct Listener: Sendable {
    /// With the digest of its program.
    let started: @Sendable (String) -> Void
    /// Its program may not be started. No restart would mend that.
    let refused: @Sendable (String) -> Void
    let message: @Sendable (JSONValue) -> Void
    let line: @Sendable (_ isError: Bool, String) -> Void
    /// What it sent cannot be read on. It is to be killed.
    let broken: @Sendable (String) -> Void
    /// It closed its descriptor; it may be about to exit.
    let closed: @Sendable () -> Void
    /// Its exit code, or minus the signal; why, where it could not even start.
    let ended: @Sendable (Int32?, String) -> Void
  }

  private let settings: PluginSettings
  private let limits: PluginLimits
  private let listener: Listener
  /// The host's end of the socket pair, and what wakes the thread.
  private let channel: Int32
  private let wake: Int32
  private let theirs: Int32

  private static let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)

  private struct State {
    var pid: pid_t = 0
    var hasEnded = false
    var outbound: [UInt8] = []
    var isOverflown = false
    var wantsKill = false
  }
  private let state = Guarded(State())

  /// - Throws: ``ManifestError`` where there are no descriptors left.
  init(_ settings: PluginSettings, _ listener: Listener) throws {
    self.settings = settings
    limits = settings.limits
    self.listener = listener
    var pair: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else {
      throw ManifestError("no socket pair: errno \(errno)")
    }
    channel = pair[0]
    theirs = pair[1]
    wake = station_spawn_wake()
    _ = fcntl(channel, F_SETFL, O_NONBLOCK)
  }

  var pid: Int32 { state.withLock { $0.pid } }

  func start() {
    let thread = Thread { [self] in run() }
    thread.name = "plugin-\(settings.name)"
    thread.stackSize = 4 << 20
    thread.start()
  }

  /// Sends at once what the socket takes; the rest waits for the thread. Never blocks.
  func send(_ bytes: [UInt8]) {
    state.withLock { state in
      // The thread closes the descriptors once it has said so: from then on their numbers are others'.
      guard !state.hasEnded, !state.isOverflown else { return }
      var sent = 0
      if state.outbound.isEmpty {
        sent = max(0, Glibc.send(channel, bytes, bytes.count, Self.flags))
        if sent == bytes.count { return }
      }
      state.outbound += bytes[sent...]
      if state.outbound.count > limits.outboundBytes { state.isOverflown = true }
      poke()
    }
  }

  /// Ends the process and all of its group, now.
  func kill() {
    state.withLock { state in
      state.wantsKill = true
      if state.pid > 0, !state.hasEnded { station_spawn_kill(state.pid, SIGKILL) }
    }
  }

  /// Only while the descriptors are open.
  private func poke() {
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }

  // MARK: - Its thread

  private func run() {
    var output: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    defer {
      for descriptor in [channel, wake] + output[..<1] + errors[..<1] where descriptor >= 0 {
        close(descriptor)
      }
    }
    let digest: String
    do throws(ManifestError) {
      digest = try PluginTrust.digest(of: settings.program, strictly: settings.isTrusted)
    } catch {
      close(theirs)
      listener.refused(error.description)
      return finish(nil, error.description)
    }
    guard station_spawn_pipe(&output) == 0, station_spawn_pipe(&errors) == 0 else {
      close(theirs)
      return finish(nil, "no pipes: errno \(errno)")
    }
    var pidfd: Int32 = -1
    let problem = spawn(output[1], errors[1], &pidfd)
    close(theirs)
    close(output[1])
    close(errors[1])
    if let problem { return finish(nil, problem) }
    defer { close(pidfd) }
    listener.started(digest)
    for pipe in [output[0], errors[0]] { _ = fcntl(pipe, F_SETFL, O_NONBLOCK) }
    serve(pidfd, output[0], errors[0])
  }

  private func spawn(_ output: Int32, _ errors: Int32, _ pidfd: inout Int32) -> String? {
    let spawn = PluginSpawn(
      program: settings.program, arguments: settings.arguments,
      environment: settings.environment.map { "\($0.key)=\($0.value)" }.sorted(), user: settings.user,
      limits: limits)
    let pid: pid_t
    do throws(ManifestError) {
      (pid, pidfd) = try spawn.start(channel: theirs, output: output, errors: errors)
    } catch {
      return error.description
    }
    let killed = state.withLock { state in
      state.pid = pid
      return state.wantsKill
    }
    if killed { station_spawn_kill(pid, SIGKILL) }
    return nil
  }

  private func serve(_ pidfd: Int32, _ output: Int32, _ errors: Int32) {
    var framer = LineFramer(limits: limits)
    var isReadable = true
    var pipes = [
      OutputPipe(output, isError: false, lineBytes: limits.logLineBytes),
      OutputPipe(errors, isError: true, lineBytes: limits.logLineBytes),
    ]
    var budget = SecondBudget(perSecond: limits.outputBytesPerSecond)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let (hasOutput, isOverflown) = state.withLock { (!$0.outbound.isEmpty, $0.isOverflown) }
      if isOverflown, isReadable {
        isReadable = false
        listener.broken("does not read: \(limits.outboundBytes) bytes wait for it")
      }
      let events = Int16((isReadable ? POLLIN : 0) | (hasOutput && !isOverflown ? POLLOUT : 0))
      var polled = [
        pollfd(fd: events == 0 ? -1 : channel, events: events, revents: 0),
        pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
        pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0),
      ]
      for pipe in pipes {
        let isRead = pipe.isOpen && !budget.isSpent
        polled.append(pollfd(fd: isRead ? pipe.descriptor : -1, events: Int16(POLLIN), revents: 0))
      }
      guard poll(&polled, nfds_t(polled.count), budget.isSpent ? 100 : -1) >= 0 || errno == EINTR else {
        break
      }
      budget.renew(now: Monotonic.milliseconds())
      if polled[1].revents != 0 {
        var count: UInt64 = 0
        _ = read(wake, &count, 8)
      }
      if Int32(polled[0].revents) & POLLOUT != 0 || polled[1].revents != 0 { flush() }
      let hasEnded = polled[2].revents != 0
      if isReadable, polled[0].revents != 0 || hasEnded {
        isReadable = receive(&framer, &buffer, hasEnded: hasEnded)
      }
      for place in pipes.indices where polled[3 + place].revents != 0 || hasEnded {
        // What is in the pipe at its end are two readings: a pipe holds no more.
        for _ in 0..<(hasEnded ? 2 : 1) where pipes[place].isOpen {
          budget.spend(pipes[place].read(&buffer, hasEnded: hasEnded, listener.line))
        }
      }
      if hasEnded { break }
    }
    reap(isInsideMessage: framer.isInside)
  }

  private func reap(isInsideMessage: Bool) {
    let pid = state.withLock { state in
      state.hasEnded = true
      return state.pid
    }
    // Whatever it started in its group goes with it.
    station_spawn_kill(pid, SIGKILL)
    let code = station_spawn_code(station_spawn_reap(pid))
    let cut = isInsideMessage ? ", in the middle of a message" : ""
    finish(code, (code < 0 ? "ended by signal \(-code)" : "exited with \(code)") + cut)
  }

  private func finish(_ code: Int32?, _ reason: String) {
    state.withLock { $0.hasEnded = true }
    listener.ended(code, reason)
  }

  private func flush() {
    state.withLock { state in
      guard !state.outbound.isEmpty else { return }
      let sent = Glibc.send(
        channel, state.outbound, state.outbound.count, Self.flags)
      if sent > 0 { state.outbound.removeFirst(sent) }
    }
  }

  /// Takes what the plugin has sent; where it has ended, all of it: it may have said much before.
  /// - Returns: whether it is to be read on.
  private func receive(_ framer: inout LineFramer, _ buffer: inout [UInt8], hasEnded: Bool) -> Bool {
    while true {
      let count = recv(channel, &buffer, buffer.count, 0)
      guard count > 0 else {
        guard count == 0 || errno != EAGAIN, !hasEnded else { return true }
        listener.closed()
        return false
      }
      guard take(buffer[..<count], &framer) else { return false }
      if count < buffer.count, !hasEnded { return true }
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>, _ framer: inout LineFramer) -> Bool {
    bytes.withUnsafeBytes { framer.append($0) }
    do throws(LineFramer.Fault) {
      while let message = try framer.next() { listener.message(message) }
      return true
    } catch {
      switch error {
      case .tooLong(let limit): listener.broken("a message of more than \(limit) bytes")
      case .notJSON(let reason): listener.broken("not JSON: \(reason)")
      }
      return false
    }
  }
}

/// One of the two pipes that a plugin prints into.
private struct OutputPipe {
  let descriptor: Int32
  private let isError: Bool
  private var cutter: LineCutter
  /// Whether more may come.
  private(set) var isOpen = true

  init(_ descriptor: Int32, isError: Bool, lineBytes: Int) {
    self.descriptor = descriptor
    self.isError = isError
    cutter = LineCutter(limit: lineBytes)
  }

  /// Reads once, and tells the lines that are whole; at the end, the rest as well.
  /// - Returns: the number of bytes.
  mutating func read(
    _ buffer: inout [UInt8], hasEnded: Bool, _ tell: (_ isError: Bool, String) -> Void
  ) -> Int {
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    guard count > 0 else {
      isOpen = count < 0 && errno == EAGAIN && !hasEnded
      if !isOpen, let rest = cutter.rest() { tell(isError, rest) }
      return 0
    }
    for line in cutter.add(buffer[..<count]) { tell(isError, line) }
    return count
  }
}
