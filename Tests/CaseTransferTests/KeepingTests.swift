import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Keeping")
struct KeepingTests {
  static let collections = ["case", "step", "item", "signature", "dispute"]

  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// The ends from which what is kept of the cases is counted.
  func ends() -> Set<JSONValue?> {
    Set(Self.collections.flatMap { fixture.records($0) }.map { $0["ended_at"] })
  }

  @Test("all of a case is kept so many years from the same end")
  func declared() throws {
    let module = try CaseTransfer.module(configuration: Fixture.rules)
    for collection in module.collections where Self.collections.contains(collection.name) {
      #expect(collection.retention == .years(30, after: "ended_at"), "\(collection.name)")
    }
  }

  @Test("an open case is kept with all of it, however long it takes")
  func open() throws {
    _ = try fixture.at(.counted)
    try fixture.minutes(60)
    _ = try fixture.at(.negotiating)
    #expect(ends() == [nil])
  }

  @Test("what belongs to it ends with it, begins anew with it, and what is added later ends as it did")
  func ended() throws {
    let id = try fixture.at(.counted)
    try fixture.minutes(10)
    try fixture.accept(id)
    let first: Set<JSONValue?> = ["2026-03-02T09:10:00.000+08:00"]
    #expect(ends() == first)
    try fixture.minutes(10)
    try fixture.call("evidence.move", id, ["item": 1, "link": "moved", "custodian": "keeper-2"])
    try fixture.call("reporter.tell", id, ["way": "phone"])
    #expect(ends() == first)
    try fixture.call("dispute", id, ["ground": "facts", "text": "not so"])
    #expect(ends() == [nil])
    try fixture.minutes(10)
    try fixture.call("adjudicate", id, ["to": .string(Fixture.brigade)])
    #expect(ends() == ["2026-03-02T09:30:00.000+08:00"])
    #expect(fixture.records("dispute").count == 1 && fixture.records("signature").count == 2)
  }
}
