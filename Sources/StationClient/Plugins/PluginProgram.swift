import CStationSpawn
import Glibc
import StationKit
import StationPluginHost
import StationPluginWire

/// A plugin's program in a process of its own, started as the daemon starts it: the socket pair on descriptor 3,
/// nothing of this environment, no other descriptors, the daemon's limits.
///
/// On one thread: the process ends with it.
package final class PluginProgram {
  package enum Heard: Sendable, Equatable {
    case message(JSONValue)
    /// It closed its end, or has ended.
    case closed
    case silence
    /// What it sent is not one JSON value a line.
    case broken(String)
  }

  /// What to start, and with what.
  package struct Command: Sendable {
    package let program: String
    package let arguments: [String]
    package let environment: [String]

    /// - Parameter environment: `NAME=VALUE` each, beside PATH and LANG.
    package init(program: String, arguments: [String] = [], environment: [String] = []) {
      self.program = program
      self.arguments = arguments
      self.environment = environment
    }
  }

  private let channel: Int32
  /// Its standard output and error; -1 once they are closed.
  private var pipes: [Int32]
  private let pid: pid_t
  private let pidfd: Int32
  private var framer: LineFramer
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var isClosed = false
  /// What it printed last, stdout and stderr together.
  package private(set) var output: [UInt8] = []
  private static let outputKept = 16 << 10

  /// - Throws: ``ManifestError`` saying at which step it could not be started, and why.
  package init(_ command: Command, limits: PluginLimits) throws(ManifestError) {
    framer = LineFramer(limits: limits)
    var pair: [Int32] = [-1, -1]
    var out: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0, station_spawn_pipe(&out) == 0,
      station_spawn_pipe(&errors) == 0
    else { throw ManifestError("no descriptors: \(String(cString: strerror(errno)))") }
    let theirs = [pair[1], out[1], errors[1]]
    defer { for descriptor in theirs { close(descriptor) } }
    channel = pair[0]
    pipes = [out[0], errors[0]]
    for descriptor in [channel] + pipes { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    let spawn = PluginSpawn(
      program: command.program, arguments: command.arguments, environment: command.environment,
      limits: limits)
    do throws(ManifestError) {
      (pid, pidfd) = try spawn.start(channel: theirs[0], output: theirs[1], errors: theirs[2])
    } catch {
      for descriptor in [channel] + pipes { close(descriptor) }
      throw ManifestError("\(command.program) \(error.description)")
    }
  }

  deinit {
    for descriptor in [channel, pidfd] + pipes where descriptor >= 0 { close(descriptor) }
  }

  /// Sends everything. False where the program does not read within `limit` milliseconds, or is gone.
  package func send(_ bytes: [UInt8], within limit: Int) -> Bool {
    let end = Monotonic.milliseconds() + Int64(limit)
    var sent = 0
    while sent < bytes.count {
      let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(channel, $0.baseAddress, $0.count, flags) }
      if count > 0 {
        sent += count
        continue
      }
      guard count < 0, errno == EAGAIN || errno == EINTR, Monotonic.milliseconds() < end else {
        return false
      }
      wait(for: POLLIN | POLLOUT, until: end)
      // It may print or answer before it reads on.
      receive()
    }
    return true
  }

  /// The next message, waited for so many milliseconds at most.
  package func next(within limit: Int) -> Heard {
    let end = Monotonic.milliseconds() + Int64(limit)
    while true {
      do throws(LineFramer.Fault) {
        if let message = try framer.next() { return .message(message) }
      } catch {
        switch error {
        case .tooLong(let limit): return .broken("a message of more than \(limit) bytes")
        case .notJSON(let reason): return .broken("a line that is not JSON: \(reason)")
        }
      }
      guard !isClosed else { return .closed }
      guard Monotonic.milliseconds() < end else { return .silence }
      wait(for: POLLIN, until: end)
      receive()
    }
  }

  /// Closes the daemon's end, as the daemon does when it ends.
  package func hangUp() { shutdown(channel, Int32(SHUT_RDWR)) }

  /// Its exit code, or minus the signal; nil where it has not ended within so many milliseconds.
  package func exit(within limit: Int) -> Int32? {
    let end = Monotonic.milliseconds() + Int64(limit)
    while Monotonic.milliseconds() < end {
      var ended = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
      if poll(&ended, 1, 10) > 0 {
        receive()
        return station_spawn_code(station_spawn_reap(pid))
      }
      receive()
    }
    return nil
  }

  /// Ends it and all of its group, and waits for that.
  package func kill() {
    station_spawn_kill(pid, SIGKILL)
    _ = station_spawn_reap(pid)
  }

  private func wait(for events: Int32, until end: Int64) {
    var polled = [pollfd(fd: channel, events: Int16(events), revents: 0)]
    polled += pipes.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = poll(&polled, 3, Int32(max(1, min(1_000, end - Monotonic.milliseconds()))))
  }

  /// Takes what is there, of the channel and of what it prints.
  private func receive() {
    while !isClosed {
      let count = recv(channel, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        buffer[..<count].withUnsafeBytes { framer.append($0) }
        continue
      }
      if count == 0 || errno != EAGAIN && errno != EINTR { isClosed = true }
      break
    }
    for (place, pipe) in pipes.enumerated() where pipe >= 0 {
      while true {
        let count = read(pipe, &buffer, buffer.count)
        if count == 0 {
          close(pipe)
          pipes[place] = -1
        }
        guard count > 0 else { break }
        output += buffer[..<count]
        if output.count > Self.outputKept { output.removeFirst(output.count - Self.outputKept) }
      }
    }
  }
}
