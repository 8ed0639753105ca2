import StationCalendar
import Testing

@Suite("Term")
struct TermTests {
  @Test(
    "reads and writes its text",
    arguments: [
      ("48h/coercive", Term.hours(48, kind: .coercive)), ("30min", .minutes(30)), ("10d", .calendarDays(10)),
      ("3wd", .workingDays(3)), ("6mo/custody", .months(6, kind: .custody)), ("1y", .years(1)),
      ("90wmin", .workingMinutes(90)),
    ])
  func text(_ text: String, _ term: Term) {
    #expect(Term(text) == term)
    #expect(term.description == text)
  }

  @Test(
    "refuses other text",
    arguments: [
      "", "h", "48", "0h", "048h", "-1h", "+1h", "48 h", "48H", "48h/", "48h/ordinary", "48h/other",
      "90wmin/custody", "1w", "101y", "99999999999999999999h", "1.5h", "48h/coercive/custody", "/48h", "4/8h",
      "４8h", "48小时",
    ])
  func refuses(_ text: String) {
    #expect(Term(text) == nil)
  }
}
