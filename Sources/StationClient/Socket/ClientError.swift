import Glibc
import StationJSON

/// Why a call has no result.
package enum ClientError: Error, Sendable, Equatable {
  /// The socket cannot be connected to; `code` is the errno of connect(2).
  case unreachable(path: String, code: Int32)
  /// The path is longer than a Unix socket's may be (unix(7): 107 bytes).
  case pathTooLong(path: String)
  /// The daemon closed the connection before it answered.
  case closed
  /// The daemon answered an error.
  case rpc(ServerError)
  /// No answer came in time.
  case timedOut
  /// What came is not JSON-RPC 2.0.
  case protocolError(String)
  /// A signal asked the program to end.
  case interrupted

  /// Whether the daemon may answer otherwise a little later.
  package var mayPass: Bool {
    switch self {
    case .unreachable, .closed, .timedOut: true
    case .rpc(let error):
      error.json["data"]?["retry_after_ms"] != nil
        || ["unavailable", "queue_full", "too_many_connections"].contains(error.kind)
    case .pathTooLong, .protocolError, .interrupted: false
    }
  }
}

/// The error object of an answer (JSON-RPC 2.0, section 5.1).
package struct ServerError: Error, Sendable, Equatable {
  package let code: Int
  /// The stable word of `data.kind`; empty if the answer has none.
  package let kind: String
  package let message: String
  package let messageZh: String?
  /// JSON pointer (RFC 6901) into the params of the member at fault.
  package let pointer: String?
  /// The whole object, as it came.
  package let json: JSONValue

  package init?(_ json: JSONValue) {
    guard let code = json["code"]?.intValue, let message = json["message"]?.stringValue else { return nil }
    let data = json["data"]
    self.code = code
    self.message = message
    kind = data?["kind"]?.stringValue ?? ""
    messageZh = data?["message_zh"]?.stringValue
    pointer = data?["pointer"]?.stringValue
    self.json = json
  }
}
