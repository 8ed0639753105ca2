import Glibc

/// SIGINT and SIGTERM as something to wait for, so that a program that follows events ends in order.
///
/// The handler writes a byte to a pipe, which poll(2) sees even if the signal comes just before the call.
package struct Interrupt: Sendable {
  /// Readable once a signal has come.
  package let descriptor: Int32

  /// An interrupt by any readable descriptor, for tests.
  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// An interrupt that never comes: poll(2) passes over negative descriptors.
  package static let none = Interrupt(descriptor: -1)

  /// Catches both signals from now on; nil if the system has no descriptor left.
  package static func install() -> Interrupt? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    // A full pipe must not block the handler.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    writeEnd = ends[1]
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
      }
    }
    return Interrupt(descriptor: ends[0])
  }

  /// Waits for a signal; false if the limit passes first.
  package func wait(_ limit: TimeLimit) -> Bool {
    while true {
      var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&item, 1, limit.pollMilliseconds)
      if count > 0 { return true }
      if count == 0 || errno != EINTR { return false }
    }
  }
}

/// Written once, before the first signal can come, and only read by the handler.
private nonisolated(unsafe) var writeEnd: Int32 = -1
