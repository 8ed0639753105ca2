import Foundation
import StationCalendar
import Testing

/// The files that are installed, against the notices as the fixtures print them.
@Suite("Calendar files")
struct CalendarFilesTests {
  private struct File: Decodable {
    struct Source: Decodable {
      let title: String
      let documentNumber: String
      let published: String
    }
    struct Holiday: Decodable {
      let name: String
      let englishName: String
      let first: String
      let last: String
    }
    let year: Int
    let version: String
    let source: Source
    let holidays: [Holiday]
    let workedDays: [String]
  }

  @Test("the file of a year says what the notice says", arguments: [2025, 2026])
  func file(_ year: Int) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/calendar")
    let data = try Data(contentsOf: folder.appending(path: "\(year).json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file = try decoder.decode(File.self, from: data)
    let expected = year == 2025 ? try Fixtures.year2025() : try Fixtures.year2026()
    let read = try YearCalendar(
      year: file.year, version: file.version, source: expected.source,
      holidays: file.holidays.map {
        .init(name: $0.name, englishName: $0.englishName, first: try day($0.first), last: try day($0.last))
      },
      workedDays: file.workedDays.map { try day($0) })
    #expect(read == expected)
    #expect(file.source.title == "国务院办公厅关于\(year)年部分节假日安排的通知")
    #expect(file.source.documentNumber == expected.source.documentNumber)
    #expect(file.source.published == expected.source.published.description)
  }
}
