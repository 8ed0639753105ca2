import StationKit
import Testing

@Suite struct RecordsTests {
  enum Word: String, CaseIterable, Sendable { case first, second }

  @Test func `stored values are read back, and nothing else is`() {
    let instant = Instant(milliseconds: 1_772_413_200_000)
    #expect(instant.stored == 1_772_413_200_000)
    #expect(Instant(instant.stored) == instant)
    #expect(instant.text(.utc) == "2026-03-02T01:00:00.000Z")
    #expect(Word("second" as JSONValue) == .second)
    #expect(CivilDate("2026-03-02" as JSONValue)?.description == "2026-03-02")
    for json: JSONValue? in [nil, .null, "x", true, .array(["first"])] {
      #expect(Word(json) == nil && CivilDate(json) == nil && Instant(json) == nil)
    }
  }

  /// What stands there, what is given, what that makes of it, and the members `a` and `b` before and after.
  static let corrections: [(JSONObject, JSONObject, JSONObject, before: JSONObject, after: JSONObject)] = [
    (["a": 1], ["a": 2], ["a": 2], ["a": 1], ["a": 2]), (["a": 1], ["a": 1], ["a": 1], [:], [:]),
    (["a": 1], ["a": .null], [:], ["a": 1], [:]), (["a": 1], ["b": 2], ["a": 1, "b": 2], [:], ["b": 2]),
    (["a": 1], ["b": .null], ["a": 1], [:], [:]), (["c": 3], ["c": 4], ["c": 3], [:], [:]),
  ]

  @Test(arguments: corrections)
  func `a correction takes over what is given and differs`(
    _ stated: JSONObject, _ given: JSONObject, _ corrected: JSONObject, _ before: JSONObject,
    _ after: JSONObject
  ) {
    var object = stated
    let changes = object.correct(["a", "b"], by: given)
    #expect(object == corrected && changes.before == before && changes.after == after)
  }

  @Test func `of two members of one name the merged one stands, in the place of the first`() {
    let merged = (["a": 1, "b": 2] as JSONObject).merging(["a": 3, "c": 4])
    #expect(merged.keys == ["a", "b", "c"] && merged["a"] == 3)
  }

  @Test(arguments: [(nil, true), (2, true), (1, false), (3, false)] as [(JSONValue?, Bool)])
  func `a caller who saw another version is told the present one`(_ expected: JSONValue?, _ isFine: Bool) {
    let record = Record(id: "r", version: 2, body: [:])
    do {
      try record.requireVersion(expected)
      #expect(isFine)
    } catch {
      #expect(!isFine && error.kind == .conflict && error.pointer == "/version")
      #expect(error.details?["version"] == 2)
    }
  }

  @Test(arguments: [(1, "SR-2026-000001"), (999_999, "SR-2026-999999"), (1_000_000, "SR-2026-1000000")])
  func `a number has six digits or as many as it needs`(_ number: Int, _ id: String) {
    #expect(SeriesNumber.id("SR", year: "2026", number) == id)
  }

  @Test func `a page's answer leaves out what is not shown, and tells where the next begins`() {
    let records = (1...3).map { Record(id: "\($0)", version: 1, body: [:]) }
    let page = Page(records: records, next: "n", places: [], end: nil)
    #expect(page.answer { $0.id == "2" ? nil : .string($0.id) } == ["items": ["1", "3"], "next": "n"])
    #expect(Page(records: [], next: nil, places: [], end: nil).answer { _ in nil } == ["items": []])
  }
}
