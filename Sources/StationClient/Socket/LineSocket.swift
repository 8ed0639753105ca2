import Glibc

/// A connected Unix socket that carries lines. Nothing in it blocks for longer than the limit given.
final class LineSocket {
  private let descriptor: Int32
  private var received: [UInt8] = []
  /// Where the next line starts in `received`.
  private var start = 0
  /// Up to where `received` has been searched for a line feed.
  private var searched = 0
  private var ended = false

  /// Takes over a connected descriptor.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  deinit { Glibc.close(descriptor) }

  static func connect(to path: String) throws(ClientError) -> LineSocket {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room, !bytes.contains(0) else { throw .pathTooLong(path: path) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }

    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw .unreachable(path: path, code: errno) }
    let outcome = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard outcome == 0 else {
      // The kernel says of any other file that nobody listens (connect(2)).
      let code = errno == ECONNREFUSED && !isSocket(path) ? ENOTSOCK : errno
      Glibc.close(descriptor)
      throw .unreachable(path: path, code: code)
    }
    return LineSocket(descriptor: descriptor)
  }

  /// Whether that is a socket, as far as one may know. Leaves `errno` as it is.
  private static func isSocket(_ path: String) -> Bool {
    let code = errno
    defer { errno = code }
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Sends all of the bytes. Reads what comes meanwhile, so that two full buffers never wait for each other.
  func send(_ bytes: [UInt8], limit: TimeLimit) throws(ClientError) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        if try wait(for: POLLIN | POLLOUT, limit: limit, interrupt: nil) & Int16(POLLIN) != 0 {
          try receive()
        }
      } else if errno != EINTR {
        throw .closed
      }
    }
  }

  /// The next line, without its line feed; nil when the other side has closed.
  func line(limit: TimeLimit, interrupt: Interrupt?) throws(ClientError) -> ArraySlice<UInt8>? {
    while true {
      if let line = nextLine() { return line }
      if ended { return nil }
      _ = try wait(for: POLLIN, limit: limit, interrupt: interrupt)
      try receive()
    }
  }

  private func nextLine() -> ArraySlice<UInt8>? {
    guard let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = received.count
      return nil
    }
    let line = received[start..<end]
    start = end + 1
    searched = start
    return line
  }

  private func receive() throws(ClientError) {
    if start > 0 {
      received.removeFirst(start)
      searched -= start
      start = 0
    }
    let chunk = 64 << 10
    let before = received.count
    received.append(contentsOf: repeatElement(0, count: chunk))
    let count = received.withUnsafeMutableBytes {
      Glibc.recv(descriptor, $0.baseAddress.map { $0 + before }, chunk, 0)
    }
    let code = errno
    received.removeLast(chunk - max(count, 0))
    if count == 0 { ended = true }
    if count < 0, code != EAGAIN, code != EINTR {
      if code == ECONNRESET { ended = true } else { throw .closed }
    }
  }

  /// Waits until the socket is ready for one of the events; answers those that it is ready for.
  private func wait(for events: Int32, limit: TimeLimit, interrupt: Interrupt?) throws(ClientError) -> Int16 {
    while true {
      var items = [
        pollfd(fd: descriptor, events: Int16(events), revents: 0),
        // poll(2) passes over negative descriptors.
        pollfd(fd: interrupt?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&items, 2, limit.pollMilliseconds)
      if count == 0 { throw .timedOut }
      if count < 0 {
        if errno == EINTR { continue }
        throw .closed
      }
      if items[1].revents != 0 { throw .interrupted }
      let ready = items[0].revents
      // A hang-up is read like data: the rest, then the end.
      return ready & Int16(POLLHUP | POLLERR) != 0 ? ready | Int16(POLLIN) : ready
    }
  }
}
