import Foundation
import StationCalendar
import StationJSON

/// The State Council's calendars, one JSON file a year, named after it.
enum CalendarFiles {
  /// - Throws: ``ConfigurationError`` naming the file at fault.
  static func load(_ directory: String) throws -> WorkCalendar {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw ConfigurationError(directory, nil, "cannot be read")
    }
    let years = try names.filter { $0.hasSuffix(".json") }.sorted().map {
      try year("\(directory)/\($0)")
    }
    do {
      return try WorkCalendar(years: years)
    } catch {
      throw ConfigurationError(directory, nil, "\(error)")
    }
  }

  private static func year(_ path: String) throws -> YearCalendar {
    let value = try JSONFile.load(path)
    func bad(_ what: String) -> ConfigurationError { ConfigurationError(path, nil, what) }
    func date(_ value: JSONValue?, _ name: String) throws -> CivilDate {
      guard let text = value?.stringValue, let date = CivilDate(text) else {
        throw bad("'\(name)' must be a date, YYYY-MM-DD")
      }
      return date
    }
    func only(_ members: Set<String>, _ value: JSONValue?, _ place: String = "") throws {
      guard let unknown = value?.objectValue?.keys.first(where: { !members.contains($0) }) else { return }
      throw bad("'\(place)\(unknown)' is not known; expected \(members.sorted().joined(separator: ", "))")
    }
    try only(["$comment", "year", "version", "source", "holidays", "worked_days"], value)
    try only(["title", "document_number", "published"], value["source"], "source.")
    for (number, holiday) in (value["holidays"]?.arrayValue ?? []).enumerated() {
      try only(["name", "english_name", "first", "last"], holiday, "holidays.\(number).")
    }
    guard let year = value["year"]?.intValue, let version = value["version"]?.stringValue,
      let source = value["source"], let title = source["title"]?.stringValue,
      let document = source["document_number"]?.stringValue,
      let holidays = value["holidays"]?.arrayValue, let worked = value["worked_days"]?.arrayValue
    else { throw bad("needs year, version, source, holidays and worked_days") }
    guard path.hasSuffix("/\(year).json") else {
      throw bad("its 'year' is \(year): the file of that year is \(year).json")
    }
    do {
      return try YearCalendar(
        year: year, version: version,
        source: .init(
          title: title, documentNumber: document,
          published: try date(source["published"], "source.published")),
        holidays: holidays.map {
          .init(
            name: $0["name"]?.stringValue ?? "", englishName: $0["english_name"]?.stringValue ?? "",
            first: try date($0["first"], "holidays.first"), last: try date($0["last"], "holidays.last"))
        },
        workedDays: worked.map { try date($0, "worked_days") })
    } catch let error as CalendarError {
      throw bad("\(error)")
    }
  }
}

/// A JSON data file.
enum JSONFile {
  static func load(_ path: String) throws -> JSONValue {
    let text = try DaemonConfiguration.text(of: path)
    do {
      return try JSONParser.parse(text)
    } catch {
      let line = 1 + text.utf8.prefix(error.offset).count { $0 == 0x0A }
      throw ConfigurationError(path, line, error.kind.explanation)
    }
  }
}
