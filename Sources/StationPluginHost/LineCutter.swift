/// Cuts what a process prints into lines fit for a log: bounded, and without control characters.
package struct LineCutter: Sendable {
  private let limit: Int
  private var line: [UInt8] = []
  /// Whether the rest of the line at hand is left out.
  private var isCut = false

  package init(limit: Int) { self.limit = limit }

  /// The beginning of a text as one line.
  package static func line(_ text: String, limit: Int) -> String {
    var cutter = LineCutter(limit: limit)
    let bytes = text.utf8.map { $0 == 0x0A ? 0x20 : $0 }
    return cutter.add(bytes[...]).first ?? cutter.rest() ?? ""
  }

  package mutating func add(_ bytes: ArraySlice<UInt8>) -> [String] {
    var lines: [String] = []
    for byte in bytes {
      if byte == 0x0A {
        if let text = rest() { lines.append(text) }
        isCut = false
      } else if !isCut {
        line.append(byte)
        guard line.count == limit, let text = rest() else { continue }
        lines.append(text + " …")
        isCut = true
      }
    }
    return lines
  }

  /// What stands there without an end; nil for nothing.
  package mutating func rest() -> String? {
    defer { line.removeAll(keepingCapacity: true) }
    guard !line.isEmpty else { return nil }
    let text = String(decoding: line, as: UTF8.self).unicodeScalars.map {
      $0.value < 0x20 || ($0.value >= 0x7F && $0.value < 0xA0) ? " " : Character($0)
    }
    return String(text)
  }
}
