import Foundation
import StationCalendar
import StationJSON

/// The State Council's calendars, one JSON file a year, named after it.
enum CalendarFiles {
  /// - Throws: ``ConfigurationError`` naming the file at fault, with the line.
  static func load(_ directory: String) throws -> WorkCalendar {
    let years = try names(in: directory).map { try year("\(directory)/\($0)") }
    do {
      return try WorkCalendar(years: years)
    } catch {
      throw ConfigurationError(directory, nil, "\(error)")
    }
  }

  /// The files of years in a directory.
  static func names(in directory: String) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
      throw ConfigurationError(directory, nil, "cannot be read")
    }
    return names.filter { $0.hasSuffix(".json") }.sorted()
  }

  private static func year(_ path: String) throws -> YearCalendar {
    let root = JSONMember(try JSONFile(path))
    try root.allow(["$comment", "year", "version", "source", "holidays", "worked_days"])
    let (source, holidays, worked) = (root["source"], root["holidays"], root["worked_days"])
    try source.allow(["title", "document_number", "published"])
    guard let year = root["year"].value?.intValue else { throw root["year"].mustBe("a year") }
    guard path.hasSuffix("/\(year).json") else {
      throw root["year"].mustBe("that of the file's name: the file of \(year) is \(year).json")
    }
    do {
      return try YearCalendar(
        year: year, version: root["version"].text(),
        source: .init(
          title: source["title"].text(), documentNumber: source["document_number"].text(),
          published: source["published"].date()),
        holidays: holidays.elements().map {
          try $0.allow(["name", "english_name", "first", "last"])
          return .init(
            name: $0["name"].value?.stringValue ?? "",
            englishName: $0["english_name"].value?.stringValue ?? "",
            first: try $0["first"].date(), last: try $0["last"].date())
        },
        workedDays: worked.elements().map { try $0.date() })
    } catch let error as CalendarError {
      throw root.file.wrong("\(error)", at: try place(of: error, root).pointer)
    }
  }

  /// Where the days stand that cannot be right.
  private static func place(of error: CalendarError, _ root: JSONMember) throws -> JSONMember {
    func holds(_ holiday: JSONMember, _ day: CivilDate) throws -> Bool {
      let (first, last) = (try holiday["first"].date(), try holiday["last"].date())
      return day == first || day == last || (first < day && day < last)
    }
    switch error {
    case .yearOutOfRange: return root["year"]
    case .badVersion: return root["version"]
    case .dateOutsideYear(let day, _), .dayListedTwice(let day), .workedDayOnWeekday(let day),
      .holidayBackwards(let day, _):
      // Of a day that is listed twice, the later place.
      let worked = try root["worked_days"].elements().last { try $0.date() == day }
      return try worked ?? root["holidays"].elements().last { try holds($0, day) } ?? root
    default: return root
    }
  }
}
