import Glibc
import StationTransport

/// A blocking client of a Unix socket. Every wait ends after ten seconds at the latest.
final class TestClient {
  struct Failure: Error, CustomStringConvertible {
    let call: String
    let code: Int32
    var description: String { "\(call): \(String(cString: strerror(code)))" }
  }

  let descriptor: Int32
  private var isOpen = true

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
    let code = try ListeningSocket.withAddress(of: path) { address, size in
      Glibc.connect(descriptor, address, size) == 0 ? 0 : errno
    }
    guard code == 0 else { throw Failure(call: "connect", code: code) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  deinit { close() }

  func close() {
    guard isOpen else { return }
    isOpen = false
    Glibc.close(descriptor)
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, flags)
      }
      guard count > 0 else { throw Failure(call: "send", code: errno) }
      sent += count
    }
  }

  /// Sends as much as fits without waiting, and says how much that was.
  func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
    max(0, Glibc.send(descriptor, bytes, bytes.count, flags | Int32(MSG_DONTWAIT)))
  }

  func endInput() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Reads that many bytes, or fewer if the stream ends first.
  func read(_ count: Int) throws -> String {
    String(decoding: try readBytes(count), as: UTF8.self)
  }

  func readBytes(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var space = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < count {
      let got = recv(descriptor, &space, min(space.count, count - bytes.count), 0)
      guard got >= 0 else { throw Failure(call: "recv", code: errno) }
      if got == 0 { break }
      bytes.append(contentsOf: space[..<got])
    }
    return bytes
  }

  /// Reads until the server closes.
  func readToEnd() throws -> String { try read(.max) }

  private var flags: Int32 { Int32(MSG_NOSIGNAL) }
}
