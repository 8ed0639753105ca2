import StationKit

/// A JSON data file that was read, to tell of what is wrong in it with its line.
package struct JSONFile {
  package let value: JSONValue
  private let path: String
  private let text: String

  /// - Throws: ``ConfigurationError`` with file, line and what was expected.
  package init(_ path: String) throws {
    self.path = path
    text = try DaemonConfiguration.text(of: path)
    do {
      value = try JSONParser.parse(text)
    } catch {
      let line = 1 + text.utf8.prefix(error.offset).count { $0 == 0x0A }
      throw ConfigurationError(path, line, error.kind.explanation)
    }
  }

  /// A mistake in the value at a pointer; where there is none, in the innermost around it that is there.
  package func wrong(_ what: String, at pointer: JSONPointer = JSONPointer()) -> ConfigurationError {
    ConfigurationError(path, JSONLines.line(of: pointer, in: text), what)
  }

  /// What a module says of its data.
  func wrong(_ error: any Error) -> ConfigurationError {
    wrong("\(error)", at: (error as? any PlacedError)?.pointer ?? JSONPointer())
  }
}
