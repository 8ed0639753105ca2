import Foundation
import Glibc
import StationClient
import StationJSON
import Synchronization

/// A daemon in a thread: answers each line by a function.
final class FakeServer: Sendable {
  enum Step: Sendable {
    case send(JSONValue)
    case raw(String)
    /// Ends this connection.
    case close
  }

  let path: String
  private let listener: Int32
  private let handler: @Sendable (_ request: JSONValue, _ connection: Int) -> [Step]

  init(_ handler: @escaping @Sendable (_ request: JSONValue, _ connection: Int) -> [Step]) {
    path = "/tmp/stationctl-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    self.handler = handler
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    listen(listener, 16)
    Thread.detachNewThread { [listener, handler] in
      var connections = 0
      while true {
        let connection = accept(listener, nil, nil)
        // Closed by who accepts: the descriptor's number may be another server's at once.
        guard connection >= 0 else {
          close(listener)
          return
        }
        connections += 1
        let number = connections
        Thread.detachNewThread { FakeServer.serve(connection, number: number, handler) }
      }
    }
  }

  /// A server that answers the result or error object of a method.
  static func answering(_ answers: @escaping @Sendable (_ method: String, _ params: JSONValue) -> JSONObject)
    -> FakeServer
  {
    FakeServer { request, _ in
      var answer = answers(request["method"]?.stringValue ?? "", request["params"] ?? .null)
      answer["jsonrpc"] = "2.0"
      answer["id"] = request["id"] ?? .null
      return [.send(.object(answer))]
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    unlink(path)
  }

  private static func serve(
    _ connection: Int32, number: Int, _ handler: (JSONValue, Int) -> [Step]
  ) {
    defer { close(connection) }
    var pending: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(connection, &chunk, chunk.count)
      guard count > 0 else { return }
      pending += chunk[..<count]
      // Looks at what is new only, since a line may be megabytes long.
      guard chunk[..<count].contains(UInt8(ascii: "\n")) else { continue }
      while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        let line = pending[..<end]
        pending.removeFirst(end + 1)
        guard let request = try? JSONParser.parse(line) else { return }
        for step in handler(request, number) {
          let text: String
          switch step {
          case .send(let value): text = value.encodedString + "\n"
          case .raw(let raw): text = raw
          case .close: return
          }
          guard send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL)) == text.utf8.count else {
            return
          }
        }
      }
    }
  }
}

func result(_ request: JSONValue, _ value: JSONValue) -> JSONValue {
  ["jsonrpc": "2.0", "id": request["id"] ?? .null, "result": value]
}

func failure(_ kind: String, code: Int = -32_000) -> JSONObject {
  [
    "error": [
      "code": .int(code), "message": .string("no: \(kind)"),
      "data": ["kind": .string(kind), "pointer": "/x"],
    ]
  ]
}
