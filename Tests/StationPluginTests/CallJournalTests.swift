import StationKit
import StationPluginHost
import StationPluginWire
import Testing

@Suite struct CallJournalTests {
  private static func number(_ value: Int) -> StationPluginWire.Operation {
    .number(series: "s", value: value)
  }
  private static func create(_ id: String) -> StationPluginWire.Operation {
    .create(collection: "c", id: id, body: [:])
  }

  /// A call that was given 1 and 2 of a series, and was told what a read finds with one record created.
  private var journal: CallJournal {
    var journal = CallJournal()
    for value in 1...2 { journal.note(number: value, of: "s", generation: 0) }
    journal.note(decided: [Self.create("r1")])
    return journal
  }

  @Test(arguments: [
    ([create("r1")], true), ([create("r1"), number(1)], true), ([create("r1"), number(1), number(2)], true),
    ([create("r1"), number(2)], false), ([create("r1"), number(2), number(1)], false),
    ([create("r1"), number(1), number(1)], false), ([create("r1"), number(3)], false),
    ([], false), ([number(1)], false), ([create("r2")], false), ([number(1), create("r1")], false),
  ])
  func `an answer keeps to what its call was told`(operations: [StationPluginWire.Operation], fits: Bool) {
    #expect((journal.contradiction(in: operations, isAnswer: true) == nil) == fits)
  }

  @Test(arguments: [
    ([number(1), number(2)], true), ([number(2)], true), ([number(1)], true), ([], true),
    ([number(2), number(1)], false), ([number(3)], false),
  ])
  func `a number that was not asked for may be left`(operations: [StationPluginWire.Operation], fits: Bool) {
    var journal = CallJournal()
    journal.note(foretold: 1, of: "s", generation: 0)
    journal.note(number: 2, of: "s", generation: 0)
    #expect((journal.contradiction(in: operations, isAnswer: true) == nil) == fits)
  }

  @Test(arguments: [([], true), ([create("r1"), create("r2")], true), ([create("r2")], false)])
  func `a read may come with fewer operations, and not with others`(
    operations: [StationPluginWire.Operation], fits: Bool
  ) {
    #expect((journal.contradiction(in: operations) == nil) == fits)
  }

  @Test(arguments: [
    (ReadRequest.get(collection: "c", id: "1"), "null", 1), (.count(Query("c")), "200", 11),
    (.query(Query("c")), #"{"records":[{},{}]}"#, 3), (.scan(Query("c"), columns: []), "[[],[],[]]", 4),
    (.call(method: "m.x", params: [:]), "[1,2,3]", 1),
  ])
  func `rows that were told add up`(request: ReadRequest, answer: String, rows: Int) throws {
    var journal = CallJournal()
    let answer = try JSONParser.parse(Array(answer.utf8))
    for _ in 1...2 { journal.note(request, at: 0, .success(answer)) }
    journal.note(request, at: 0, .failure(RPCError(.notFound)))
    #expect(journal.rows == 2 * rows)
  }
}
