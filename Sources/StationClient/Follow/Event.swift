import StationJSON

/// One event of the daemon's log of events.
package struct Event: Sendable, Equatable {
  /// Grows by every event; what a reader was last given is where it goes on.
  package let seq: Int
  /// RFC 3339.
  package let at: String
  package let kind: String
  package let payload: JSONValue
  /// The whole event, as it came.
  package let json: JSONValue

  package init?(_ json: JSONValue) {
    guard let seq = json["seq"]?.intValue, let kind = json["kind"]?.stringValue else { return nil }
    self.seq = seq
    self.kind = kind
    at = json["at"]?.stringValue ?? ""
    payload = json["payload"] ?? .null
    self.json = json
  }

  /// The event on one line: time, number, kind, payload as `key=value`.
  package func line(_ text: ResultText) -> String {
    var line = "\(DisplayWidth.printable(at))  \(seq)  "
    line += Style.bold.apply(DisplayWidth.printable(kind), colours: text.colours)
    for (key, value) in payload.objectValue ?? [:] {
      line += "  \(DisplayWidth.printable(key))=\(text.cell(value))"
    }
    return line
  }
}
