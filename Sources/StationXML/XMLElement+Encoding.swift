extension XMLElement {
  /// The document with this element as its root: UTF-8, two spaces a level, attributes by name, LF at the end.
  /// One element always gives the same bytes.
  ///
  /// - Throws: `character` where XML cannot hold a text, `mixed` for an element with text and children. Names
  ///   are the caller's, and are not checked.
  package func encoded() throws(XMLError) -> [UInt8] {
    var bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    try write(to: &bytes, level: 0, outer: "")
    return bytes
  }

  private func write(to bytes: inout [UInt8], level: Int, outer: String) throws(XMLError) {
    guard text.isEmpty || children.isEmpty else { throw .mixed }
    bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    bytes.append(contentsOf: "<\(name)".utf8)
    if namespace != outer { try Self.write(attribute: "xmlns", namespace, to: &bytes) }
    for key in attributes.keys.sorted() {
      try Self.write(attribute: key, attributes[key] ?? "", to: &bytes)
    }
    guard !text.isEmpty || !children.isEmpty else {
      bytes.append(contentsOf: "/>\n".utf8)
      return
    }
    bytes.append(UInt8(ascii: ">"))
    if children.isEmpty {
      try Self.write(text, to: &bytes)
    } else {
      bytes.append(0x0A)
      for child in children { try child.write(to: &bytes, level: level + 1, outer: namespace) }
      bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }
    bytes.append(contentsOf: "</\(name)>\n".utf8)
  }

  private static func write(attribute name: String, _ value: String, to bytes: inout [UInt8]) throws(XMLError)
  {
    bytes.append(contentsOf: " \(name)=\"".utf8)
    try write(value, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) throws(XMLError) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": bytes.append(contentsOf: "&amp;".utf8)
      case "<": bytes.append(contentsOf: "&lt;".utf8)
      case ">": bytes.append(contentsOf: "&gt;".utf8)
      case "\"": bytes.append(contentsOf: "&quot;".utf8)
      // As they are, a reader would make blanks or line feeds of them.
      case "\t", "\n", "\r": bytes.append(contentsOf: "&#\(scalar.value);".utf8)
      case " "..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
        bytes.append(contentsOf: UTF8.encode(scalar)?.map(\.self) ?? [])
      default: throw .character
      }
    }
  }
}
