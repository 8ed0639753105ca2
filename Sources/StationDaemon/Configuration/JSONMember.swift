import StationKit

/// One place in a JSON file, for reading its members with errors that name it.
struct JSONMember {
  let file: JSONFile
  let pointer: JSONPointer
  let value: JSONValue?

  /// The whole of a file.
  init(_ file: JSONFile) { self.init(file, JSONPointer(), file.value) }

  private init(_ file: JSONFile, _ pointer: JSONPointer, _ value: JSONValue?) {
    self.file = file
    self.pointer = pointer
    self.value = value
  }

  subscript(_ name: String) -> JSONMember { JSONMember(file, pointer.appending(name), value?[name]) }

  /// A mistake here.
  func mustBe(_ what: String) -> ConfigurationError {
    let given =
      switch value {
      case nil: ", and is missing"
      case .object, .array: ""
      case let value?: ", not \(value)"
      }
    return file.wrong("'\(name)' must be \(what)\(given)", at: pointer)
  }

  private var name: String { pointer.tokens.joined(separator: ".") }

  /// - Throws: for a member that is not among these.
  func allow(_ known: [String]) throws {
    guard let unknown = value?.objectValue?.keys.first(where: { !known.contains($0) }) else { return }
    let place = self[unknown]
    throw file.wrong(
      "'\(place.name)' is not known; expected \(known.joined(separator: ", "))", at: place.pointer)
  }

  func text() throws -> String {
    guard let text = value?.stringValue else { throw mustBe("a text") }
    return text
  }

  func date() throws -> CivilDate {
    guard let date = value?.stringValue.flatMap(CivilDate.init) else { throw mustBe("a date, YYYY-MM-DD") }
    return date
  }

  func elements() throws -> [JSONMember] {
    guard let array = value?.arrayValue else { throw mustBe("a list") }
    return array.enumerated().map { JSONMember(file, pointer.appending($0), $1) }
  }
}
