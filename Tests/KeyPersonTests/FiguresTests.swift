import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Figures")
struct FiguresTests {
  @Test("nothing yet: every figure is n/a, and no target is met or missed")
  func nothing() throws {
    let total = try Fixture().call("figures", [:])["total"]
    for figure in ["overdue_reviews", "unlinked_reads", "delistings"] {
      #expect(total?[figure]?["text"] == "n/a" && total?[figure]?["percent"] == .null, "\(figure)")
    }
    #expect(total?["overdue_reviews"]?["meets_target"] == .null)
  }

  @Test("a month: one review in time, one overdue, one to come; reads; who was delisted")
  func month() throws {
    let fixture = try Fixture()
    func instrument(_ number: Int) -> JSONObject {
      ["instrument": ["authority": "Court", "number": .string("n-\(number)"), "date": "2026-02-20"]]
    }
    let prompt = try fixture.enter(.communityCorrections, instrument(1))
    let late = try fixture.enter(.communityCorrections, instrument(2))
    let ended = try fixture.enter(.bailPendingTrial, instrument(3))
    _ = try fixture.delist(try fixture.propose(.drugTreatment, instrument(4)), "error")
    try fixture.advance("2026-03-20T09:00:00+08:00")
    try fixture.review(prompt, next: "2026-04-10")
    _ = try fixture.delist(ended)
    _ = try fixture.get(prompt)
    _ = try fixture.get(late, ["task": .string(try #require(fixture.tasks(late, .review).first))])
    try fixture.call("extract", ["id": .string(prompt)], purpose: "subject_request")
    let before = try fixture.call("figures", [:])["total"]
    #expect(before?["overdue_reviews"]?["exclusions"] == ["not_due_yet": 1, "record_ended": 0])
    try fixture.advance("2026-03-31T12:00:00+08:00")
    let result = try fixture.call("figures", ["from": "2026-03-01", "to": "2026-03-31"])
    #expect(result["rule"] == ["id": "keyperson.figures", "version": "1"])
    let total = result["total"]
    // Due on 30 March: the prompt one, the late one, and the one whose record was ended in its review.
    #expect(total?["overdue_reviews"]?["numerator"] == 1 && total?["overdue_reviews"]?["denominator"] == 3)
    #expect(total?["overdue_reviews"]?["meets_target"] == false)
    #expect(total?["unlinked_reads"]?["numerator"] == 1 && total?["unlinked_reads"]?["denominator"] == 2)
    #expect(total?["unlinked_reads"]?["exclusions"] == ["extracts": 1])
    #expect(total?["delistings"]?["numerator"] == 1 && total?["delistings"]?["denominator"] == 3)
    #expect(total?["delistings"]?["exclusions"] == ["never_entered": 1])
    #expect(total?["delistings_by_reason"]?["completion"] == 1)
    // Next month two are still followed up, and nothing of March counts.
    let april = try fixture.call("figures", ["from": "2026-04-01", "to": "2026-04-30"])["total"]
    #expect(april?["delistings"]?["denominator"] == 2 && april?["delistings"]?["numerator"] == 0)
    #expect(april?["unlinked_reads"]?["text"] == "n/a")
  }

  @Test("figures survive erasure, because nobody is in them")
  func erased() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    _ = try fixture.get(id)
    _ = try fixture.delist(id)
    let before = try fixture.call("figures", [:])
    try fixture.tell(id)
    try fixture.call("erase", ["id": .string(id)])
    #expect(try fixture.call("figures", [:]) == before)
  }

  @Test("by station, within reach, for at most 366 days")
  func scope() throws {
    let fixture = try Fixture()
    _ = try fixture.delist(try fixture.enter())
    #expect(try fixture.call("figures", [:], as: Fixture.other)["total"]?["delistings"]?["denominator"] == 0)
    #expect(try fixture.call("figures", [:], as: .all)["total"]?["delistings"]?["denominator"] == 1)
    let groups = try fixture.call("figures", ["by": "station"], as: .all)["groups"]?.arrayValue
    #expect(groups?.map { $0["key"] } == ["st-01"])
    let denied = #expect(throws: RPCError.self) {
      try fixture.call("figures", ["station": "st-01"], as: Fixture.other)
    }
    #expect(denied?.kind == .denied)
    let nowhere = Principal(uid: 5, gid: 5, roles: [], unit: nil, scope: .units([]))
    #expect(try fixture.call("figures", [:], as: nowhere)["total"]?["delistings"]?["text"] == "n/a")
    for (from, to, isFine) in [
      ("2026-01-01", "2027-01-01", true), ("2026-01-01", "2027-01-02", false),
      ("2026-03-02", "2026-03-01", false),
    ] {
      let params: JSONObject = ["from": .string(from), "to": .string(to)]
      if isFine {
        try fixture.call("figures", params)
      } else {
        let error = #expect(throws: RPCError.self) { try fixture.call("figures", params) }
        #expect(error?.rule == "keyperson.figures.period" && error?.pointer == "/to")
      }
    }
  }
}
