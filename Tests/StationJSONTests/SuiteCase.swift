import Testing

/// One text of the acceptance tables, named in the manner of JSONTestSuite.
struct SuiteCase: Sendable, CustomTestStringConvertible {
  let name: String
  let bytes: [UInt8]

  var testDescription: String { name }

  static func text(_ name: String, _ text: String) -> SuiteCase {
    SuiteCase(name: name, bytes: Array(text.utf8))
  }

  static func bytes(_ name: String, _ bytes: [UInt8]) -> SuiteCase {
    SuiteCase(name: name, bytes: bytes)
  }

  /// These bytes as the inside of a string in an array.
  static func string(_ name: String, _ inside: [UInt8]) -> SuiteCase {
    SuiteCase(name: name, bytes: Array("[\"".utf8) + inside + Array("\"]".utf8))
  }
}
