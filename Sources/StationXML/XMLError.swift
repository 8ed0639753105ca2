/// Why a text is not taken as a document, or an element cannot be written as one.
package enum XMLError: Error, Sendable, Hashable {
  /// More bytes than the limit.
  case tooLarge
  case notUTF8
  /// The document says that it is in another encoding than UTF-8, or of another XML than 1.0.
  case encoding
  /// It has a document type declaration: no entities, no default attributes.
  case doctype
  /// It has a processing instruction.
  case instruction
  /// More depth, elements or attributes than the limits.
  case tooComplex
  /// It ends before it is complete; also an empty text.
  case truncated
  /// Not well-formed, or text stands beside elements. Lines and columns count from 1.
  case malformed(line: Int, column: Int)
  /// A text holds a character that XML 1.0 cannot.
  case character
  /// An element to be written has text and children.
  case mixed
}
