import StationKit

/// One JSON-RPC 2.0 request object (section 4).
package struct RPCRequest: Sendable {
  /// The id as JSON text, byte for byte; nil for a notification.
  package let id: [UInt8]?
  package let method: String
  package let params: JSONValue?

  /// What a message from a client is (sections 4 to 6).
  package enum Message {
    case request(RPCRequest)
    case batch([Message])
    /// An answer; clients may send one by mistake, and it must not be answered.
    case response
    /// Not a request. The id is given back where it could be read.
    case invalid(id: [UInt8]?)
  }

  package static let nullID = Array("null".utf8)

  package static func message(_ value: JSONValue) -> Message {
    guard case .array(let items) = value else { return single(value) }
    return items.isEmpty ? .invalid(id: nil) : .batch(items.map(single))
  }

  private static func single(_ value: JSONValue) -> Message {
    guard case .object(let object) = value else { return .invalid(id: nil) }
    let id: [UInt8]?
    switch object["id"] {
    case nil: id = nil
    case .null?: id = nullID
    case .string?, .number?: id = object["id"]?.encoded()
    default: return .invalid(id: nil)
    }
    if object["method"] == nil, object["result"] != nil || object["error"] != nil { return .response }
    guard object["jsonrpc"] == .string("2.0"), case .string(let method)? = object["method"] else {
      return .invalid(id: id)
    }
    switch object["params"] {
    case nil, .object?, .array?: break
    default: return .invalid(id: id)
    }
    for key in object.keys where !["jsonrpc", "id", "method", "params"].contains(key) {
      return .invalid(id: id)
    }
    return .request(RPCRequest(id: id, method: method, params: object["params"]))
  }
}

/// Answers as bytes (section 5).
package enum RPCResponse {
  private static let head = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
  private static let result = Array(#","result":"#.utf8)
  private static let error = Array(#","error":"#.utf8)

  package static func encode(id: [UInt8], _ answer: Result<[UInt8], RPCError>) -> [UInt8] {
    var bytes: [UInt8] = []
    switch answer {
    case .success(let value):
      bytes.reserveCapacity(head.count + id.count + result.count + value.count + 1)
      bytes += head
      bytes += id
      bytes += result
      bytes += value
    case .failure(let failure):
      bytes.reserveCapacity(384)
      bytes += head
      bytes += id
      bytes += error
      failure.json.encode(into: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  /// A notification to a client that asked for it.
  package static func notification(_ method: String, params: [UInt8]) -> [UInt8] {
    var bytes = Array(#"{"jsonrpc":"2.0","method":"#.utf8)
    JSONWriter.write(method, into: &bytes)
    bytes += Array(#","params":"#.utf8)
    bytes += params
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }
}
