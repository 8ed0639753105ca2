import Dispatch
import Glibc
import StationTransport

/// A call that the daemon makes to itself over its own socket, as a client would: when it is answered, so are others.
enum SelfCall {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Calls `system.ping`.
  /// - Parameter framing: how messages are told apart on the socket.
  /// - Throws: ``Failure`` that names the socket and what kept it from answering.
  static func ping(_ path: String, framing: Framing, within seconds: Int32 = 10) async throws {
    let failure = await withCheckedContinuation { waiter in
      DispatchQueue.global().async { waiter.resume(returning: attempt(path, framing, seconds)) }
    }
    if let failure { throw Failure(description: "a call to the own socket \(path) failed: \(failure)") }
  }

  private static func request(_ framing: Framing) -> [UInt8] {
    let call = Array(#"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"#.utf8)
    return switch framing {
    case .contentLength: Array("Content-Length: \(call.count)\r\n\r\n".utf8) + call
    case .nul: call + [0]
    default: call + [0x0A]
    }
  }

  /// What went wrong; nil if nothing did.
  private static func attempt(_ path: String, _ framing: Framing, _ seconds: Int32) -> String? {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return reason("socket") }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: Int(seconds), tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    do {
      let code = try ListeningSocket.withAddress(of: path) { connect(descriptor, $0, $1) }
      guard code == 0 else { return reason("connect") }
    } catch {
      return "\(error)"
    }
    let request = request(framing)
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      return reason("send")
    }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 512)
    // `system.ping` answers with one flat object: its end is that of the answer, however it is framed.
    while !answer.contains(UInt8(ascii: "}")) {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return reason("recv") }
      guard count > 0, answer.count < 4_096 else { return "no answer" }
      answer += chunk[..<count]
    }
    let text = String(decoding: answer, as: UTF8.self)
    return text.contains(#""result""#) ? nil : text
  }

  private static func reason(_ call: String) -> String { "\(call): \(String(cString: strerror(errno)))" }
}
