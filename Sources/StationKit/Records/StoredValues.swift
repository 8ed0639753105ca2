import StationCalendar
import StationJSON

// How values stand in a record: words of a closed list by their code, days as `YYYY-MM-DD`, instants as UTC
// milliseconds. Answers tell instants as RFC 3339.

extension RawRepresentable where Self: CaseIterable, RawValue == String {
  /// The word of a code; nil for anything else.
  public init?(_ json: JSONValue?) {
    guard let code = json?.stringValue else { return nil }
    self.init(rawValue: code)
  }
}

extension CivilDate {
  /// The day of its text; nil for anything else.
  public init?(_ json: JSONValue?) {
    guard let text = json?.stringValue else { return nil }
    self.init(text)
  }
}

extension Instant {
  /// The instant of a record's member (``Shapes/milliseconds``); nil for anything else.
  public init?(_ json: JSONValue?) {
    guard let milliseconds = json?.intValue else { return nil }
    self.init(milliseconds: Int64(milliseconds))
  }

  /// As records keep it: ``Shapes/milliseconds``.
  public var stored: JSONValue { .int(Int(milliseconds)) }

  /// As answers tell it: ``Shapes/instant``.
  public func text(_ zone: Zone) -> JSONValue { .string(rfc3339(zone: zone)) }
}
