import StationKit

/// Finds lines in a text that is known to be JSON. The parser keeps no places: only a mistake asks for one.
struct JSONLines {
  private let text: [UInt8]
  private var place = 0

  /// The line of the member or element at a pointer, or else of the innermost value around it that is there.
  static func line(of pointer: JSONPointer, in text: String) -> Int {
    var lines = JSONLines(text: Array(text.utf8))
    let place = lines.find(pointer)
    return 1 + lines.text.prefix(place).count { $0 == 0x0A }
  }

  private init(text: [UInt8]) { self.text = text }

  private mutating func find(_ pointer: JSONPointer) -> Int {
    skipBlanks()
    var found = place
    for token in pointer.tokens {
      guard let next = enter(token) else { break }
      found = next
    }
    return found
  }

  /// Goes to a value inside the one that begins here.
  /// - Returns: where the member, which begins with its key, or the element begins; nil if there is none.
  private mutating func enter(_ token: String) -> Int? {
    guard isAt("{") || isAt("[") else { return nil }
    let isObject = isAt("{")
    place += 1
    var index = 0
    while true {
      skipBlanks()
      guard place < text.count, !isAt("}"), !isAt("]") else { return nil }
      let start = place
      var name = String(index)
      if isObject {
        skipString()
        name = (try? JSONParser.parse(text[start..<place]))?.stringValue ?? ""
        skipBlanks()
      }
      if name == token { return start }
      skipValue()
      index += 1
    }
  }

  private func isAt(_ byte: Unicode.Scalar) -> Bool {
    place < text.count && text[place] == UInt8(ascii: byte)
  }

  /// What stands between values, too.
  private mutating func skipBlanks() {
    while place < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) || isAt(",") || isAt(":") {
      place += 1
    }
  }

  private mutating func skipString() {
    place += 1
    while place < text.count, !isAt("\"") { place += isAt("\\") ? 2 : 1 }
    place += 1
  }

  /// Goes on to what ends the value that begins here: a comma, or the bracket around it.
  private mutating func skipValue() {
    var depth = 0
    while place < text.count {
      if isAt("\"") {
        skipString()
        continue
      }
      if isAt("{") || isAt("[") { depth += 1 }
      if depth == 0, isAt(",") || isAt("}") || isAt("]") { return }
      if isAt("}") || isAt("]") { depth -= 1 }
      place += 1
    }
  }
}
