import StationCalendar
import StationJSON

/// The params of a call, already valid against the method's schema.
public struct Params: Sendable {
  public let object: JSONObject

  public init(_ object: JSONObject) { self.object = object }

  public subscript(_ key: String) -> JSONValue? { object[key] }

  /// - Throws: `invalid_params` when absent or not a string (the schema should have said so first).
  public func string(_ key: String) throws(RPCError) -> String {
    guard case .string(let value)? = object[key] else { throw Self.missing(key, Text("a string", zh: "字符串")) }
    return value
  }

  /// - Throws: `invalid_params` when absent or not an integer.
  public func int(_ key: String) throws(RPCError) -> Int {
    guard let value = object[key]?.intValue else { throw Self.missing(key, Text("an integer", zh: "整数")) }
    return value
  }

  /// - Throws: `invalid_params` when absent or not an RFC 3339 timestamp.
  public func instant(_ key: String) throws(RPCError) -> Instant {
    guard let instant = Instant(rfc3339: try string(key)) else {
      throw Self.missing(key, Text("an instant", zh: "时间"))
    }
    return instant
  }

  private static func missing(_ key: String, _ type: Text) -> RPCError {
    .invalid(Text("'\(key)' must be \(type.en)", zh: "“\(key)”须为\(type.zh)"), pointer: "/\(key)")
  }
}
