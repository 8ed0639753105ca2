import StationJSON

/// One stored record.
public struct Record: Sendable {
  public let id: String
  /// 1 when created, one more at every put.
  public let version: Int
  public let body: JSONObject

  public init(id: String, version: Int, body: JSONObject) {
    self.id = id
    self.version = version
    self.body = body
  }

  public subscript(_ key: String) -> JSONValue? { body[key] }
}

/// A value in an index column.
public enum IndexValue: Sendable, Hashable {
  case null
  case integer(Int)
  case text(String)

  public var text: String? { if case .text(let value) = self { value } else { nil } }
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
}

extension IndexValue {
  package var json: JSONValue {
    switch self {
    case .null: .null
    case .integer(let value): .int(value)
    case .text(let value): .string(value)
    }
  }

  /// nil for what no column holds.
  package init?(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .string(let text): self = .text(text)
    case .number(let number):
      guard let integer = number.intValue else { return nil }
      self = .integer(integer)
    default: return nil
    }
  }
}
