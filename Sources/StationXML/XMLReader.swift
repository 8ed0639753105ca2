import CExpat

/// Reads small XML 1.0 documents that hold data, strictly, with the system's expat.
///
/// UTF-8 only. A document type declaration is refused where it begins, so that there are no entities but the
/// five of XML itself, and nothing is ever loaded. Comments are passed over.
package enum XMLReader {
  /// The root element.
  package static func read(
    _ text: String, limits: XMLLimits = XMLLimits()
  ) throws(XMLError) -> XMLElement {
    var copy = text
    return try copy.withUTF8 { bytes in Result { () throws(XMLError) in try parse(bytes, limits) } }.get()
  }

  /// The root element; `notUTF8` for bytes that are no text.
  package static func read(
    _ bytes: [UInt8], limits: XMLLimits = XMLLimits()
  ) throws(XMLError) -> XMLElement {
    guard bytes.count <= limits.bytes else { throw .tooLarge }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    return try read(text, limits: limits)
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ limits: XMLLimits
  ) throws(XMLError) -> XMLElement {
    guard bytes.count <= limits.bytes, let size = Int32(exactly: bytes.count) else { throw .tooLarge }
    guard let parser = XML_ParserCreateNS(nil, XMLBuilder.separator) else { throw .tooComplex }
    defer { XML_ParserFree(parser) }
    let builder = XMLBuilder(parser, limits)
    return try withExtendedLifetime(builder) {
      Result { () throws(XMLError) in
        builder.install()
        let status = bytes.withMemoryRebound(to: CChar.self) { XML_Parse(parser, $0.baseAddress, size, 1) }
        if let failure = builder.failure { throw failure }
        guard status == XML_STATUS_OK else { throw builder.error }
        guard let root = builder.root else { throw .truncated }
        return root
      }
    }.get()
  }
}
