import StationKit
import StationPlugin
import StationPluginWire
import Testing

/// Which reads of a plugin's call have to be told of what it has written.
@Suite struct WriteFootprintTests {
  private let indexes = [
    Collection.Index("by_unit", on: ["unit", "number"]), Collection.Index("by_flag", on: ["flag"]),
  ]

  private func touches(_ footprint: WriteFootprint, _ read: ReadRequest, since start: Int = 0) -> Bool {
    footprint.touches(read, { $0 == "note" ? indexes : [] }, since: start)
  }

  /// A note of unit a, number 1, that is put into unit b.
  private var moved: WriteFootprint {
    var footprint = WriteFootprint()
    footprint.add(
      .init("note", "n1"),
      [["unit": "a", "number": 1, "flag": true], ["unit": "b", "number": 1, "flag": true]])
    return footprint
  }

  @Test(arguments: [
    (ReadRequest.get(collection: "note", id: "n1"), true),
    (.get(collection: "note", id: "n2"), false),
    (.get(collection: "other", id: "n1"), false),
    (.query(Query("note")), true),
    (.query(Query("other")), false),
    (.query(Query("note", index: "by_unit", equals: [.text("a")])), true),
    (.query(Query("note", index: "by_unit", equals: [.text("b")])), true),
    (.query(Query("note", index: "by_unit", equals: [.text("c")])), false),
    (.query(Query("note", index: "by_unit", equals: [.text("a"), .integer(1)])), true),
    (.query(Query("note", index: "by_unit", equals: [.text("a"), .integer(2)])), false),
    (.query(Query("note", index: "by_unit", equals: [.null])), false),
    // A bound is not looked at; neither is what no column holds, nor an index that is not known.
    (.query(Query("note", index: "by_unit", equals: [.text("a")], from: .integer(2))), true),
    (.query(Query("note", index: "by_flag", equals: [.text("true")])), true),
    (.query(Query("note", index: "none", equals: [.text("c")])), true),
    (.count(Query("note", index: "by_unit", equals: [.text("b")])), true),
    (.count(Query("note", index: "by_unit", equals: [.text("c")])), false),
    (.scan(Query("note", index: "by_unit", equals: [.text("b")]), columns: ["unit"]), true),
    (.scan(Query("note", index: "by_unit", equals: [.text("c")]), columns: ["unit"]), false),
    (.call(method: "directory.unit.get", params: [:]), true),
    (.erase(subject: "s"), true),
  ])
  func `a read is touched by a write that it could see`(_ read: ReadRequest, _ expected: Bool) {
    #expect(touches(moved, read) == expected)
    #expect(!touches(WriteFootprint(), read))
    #expect(!touches(moved, read, since: 1))
  }

  @Test func `further values of a query are compared too`() {
    for (unit, expected) in [("a", true), ("b", true), ("c", false)] {
      var query = Query("note", index: "by_flag")
      query.matching = ["unit": .text(unit)]
      #expect(touches(moved, .query(query)) == expected)
    }
  }

  @Test func `after another module's write everything is touched`() {
    var footprint = WriteFootprint()
    footprint.addAll()
    #expect(touches(footprint, .get(collection: "note", id: "n2")))
    #expect(touches(footprint, .query(Query("other"))))
    #expect(!touches(footprint, .get(collection: "note", id: "n2"), since: 1))
  }
}
