/// One record for the journal: fields with values, in the native protocol
/// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL).
package struct JournalRecord: Sendable, Equatable {
  /// syslog(3)'s levels.
  package enum Priority: Int, Sendable {
    case critical = 2
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
    case debug = 7
  }

  /// The record as it is sent.
  package private(set) var bytes: [UInt8] = []

  package init(_ message: String, _ priority: Priority) {
    add("MESSAGE", message)
    add("PRIORITY", String(priority.rawValue))
  }

  /// Adds a field. Its name is brought into the form that the journal takes: capitals, digits and underscores, at
  /// most 64, not beginning with an underscore (which is for the journal's own) or a digit.
  package mutating func add(_ name: String, _ value: String) {
    bytes += Self.fieldName(name)
    let value = Array(value.utf8)
    if value.contains(UInt8(ascii: "\n")) {
      bytes.append(UInt8(ascii: "\n"))
      withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += $0 }
    } else {
      bytes.append(UInt8(ascii: "="))
    }
    bytes += value
    bytes.append(UInt8(ascii: "\n"))
  }

  static func fieldName(_ name: String) -> [UInt8] {
    let plain = name.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: UInt8(ascii: "_")
      }
    }
    let trimmed = plain.drop { $0 < UInt8(ascii: "A") || $0 > UInt8(ascii: "Z") }
    return trimmed.isEmpty ? Array("FIELD".utf8) : Array(trimmed.prefix(64))
  }
}
