import CExpat

/// Builds elements from what expat tells, and stops it at the first thing that is not allowed.
final class XMLBuilder {
  /// Between a namespace and a name, as expat gives them: no namespace can hold it.
  static let separator = XML_Char(0x0A)

  private let parser: XML_Parser
  private let limits: XMLLimits
  private var open: [XMLElement] = []
  private var texts: [[UInt8]] = []
  private var elements = 0
  private(set) var root: XMLElement?
  private(set) var failure: XMLError?

  init(_ parser: XML_Parser, _ limits: XMLLimits) {
    self.parser = parser
    self.limits = limits
  }

  /// Sets the handlers. The parser keeps an unretained pointer to this object: it must outlive the parsing.
  func install() {
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetXmlDeclHandler(parser) { data, version, encoding, _ in
      XMLBuilder.from(data)?.declaration(XMLBuilder.string(version), XMLBuilder.string(encoding))
    }
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in XMLBuilder.from(data)?.fail(.doctype) }
    XML_SetProcessingInstructionHandler(parser) { data, _, _ in XMLBuilder.from(data)?.fail(.instruction) }
    XML_SetElementHandler(
      parser, { data, name, attributes in XMLBuilder.from(data)?.start(name, attributes) },
      { data, _ in XMLBuilder.from(data)?.end() })
    XML_SetCharacterDataHandler(parser) { data, text, count in
      XMLBuilder.from(data)?.characters(UnsafeBufferPointer(start: text, count: Int(count)))
    }
  }

  /// What expat itself found wrong.
  var error: XMLError {
    switch XML_GetErrorCode(parser) {
    case XML_ERROR_NO_ELEMENTS, XML_ERROR_UNCLOSED_TOKEN, XML_ERROR_PARTIAL_CHAR,
      XML_ERROR_UNCLOSED_CDATA_SECTION:
      .truncated
    case XML_ERROR_UNKNOWN_ENCODING, XML_ERROR_INCORRECT_ENCODING: .encoding
    case XML_ERROR_NO_MEMORY: .tooComplex
    default: malformed
    }
  }

  private var malformed: XMLError {
    .malformed(
      line: Int(XML_GetCurrentLineNumber(parser)), column: Int(XML_GetCurrentColumnNumber(parser)) + 1)
  }

  private static func from(_ data: UnsafeMutableRawPointer?) -> XMLBuilder? {
    data.map { Unmanaged<XMLBuilder>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func string(_ text: UnsafePointer<XML_Char>?) -> String? { text.map { String(cString: $0) } }

  private func fail(_ error: XMLError) {
    guard failure == nil else { return }
    failure = error
    XML_StopParser(parser, XML_Bool(0))
  }

  /// A version is there in the document's own declaration, and not in that of an external entity.
  private func declaration(_ version: String?, _ encoding: String?) {
    guard version == "1.0", encoding.map({ $0.lowercased() == "utf-8" }) ?? true else {
      return fail(.encoding)
    }
  }

  private func start(
    _ name: UnsafePointer<XML_Char>?, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
  ) {
    guard failure == nil else { return }
    elements += 1
    guard open.count < limits.depth, elements <= limits.elements else { return fail(.tooComplex) }
    if let text = texts.last, !Self.isBlank(text) { return fail(malformed) }
    var element = Self.element(Self.string(name) ?? "")
    var place = 0
    while let key = attributes?[place] {
      guard place < 2 * limits.attributes else { return fail(.tooComplex) }
      let attribute = Self.element(String(cString: key))
      if attribute.namespace.isEmpty {
        element.attributes[attribute.name] = Self.string(attributes?[place + 1])
      }
      place += 2
    }
    open.append(element)
    texts.append([])
  }

  private func end() {
    guard failure == nil, var element = open.popLast(), let text = texts.popLast() else { return }
    if element.children.isEmpty {
      element.text = String(decoding: text, as: UTF8.self)
    } else if !Self.isBlank(text) {
      return fail(malformed)
    }
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }

  private func characters(_ text: UnsafeBufferPointer<XML_Char>) {
    guard failure == nil, !texts.isEmpty else { return }
    text.withMemoryRebound(to: UInt8.self) { texts[texts.count - 1].append(contentsOf: $0) }
  }

  /// Splits `namespace LF name`.
  private static func element(_ name: String) -> XMLElement {
    guard let split = name.utf8.firstIndex(of: UInt8(bitPattern: separator)) else { return XMLElement(name) }
    return XMLElement(String(name[name.index(after: split)...]), namespace: String(name[..<split]))
  }

  private static func isBlank(_ text: [UInt8]) -> Bool {
    text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}
