import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("A story of key-person follow-up")
struct ScenarioTests {
  @Test("an order protects Ms Zhang for a year, and then nobody can read that it did")
  func protection() throws {
    let fixture = try Fixture()
    // Monday, 2 March: the court's order of 20 February arrives. Officer Wang proposes, for half a year.
    let id = try fixture.propose(
      .protectionOrder, ["name": "张某", "id_number": .string(Fixture.otherNumber), "to": "2026-08-31"])
    #expect(fixture.state(id) == .proposed)
    // Officer Li sees the original and asks; Officer Zhao reads the record for that task, and approves.
    let approval = try fixture.verify(id)
    let toDo = try fixture.call("tasks", [:], as: Fixture.zhao)["items"]?.arrayValue ?? []
    #expect(toDo.map { $0["kind"] } == ["approve"])
    #expect(try fixture.call("get", ["task": toDo.first?["task"] ?? .null], as: Fixture.zhao)["name"] == "张某")
    try fixture.approve(approval)
    try fixture.call("activate", ["id": .string(id)])

    // She agrees to a visit every fortnight.
    let visits = try fixture.call(
      "visit.agree",
      [
        "id": .string(id), "first_due": "2026-03-06T15:00:00+08:00", "every_days": 14,
        "consent": ["by": "person", "document": "signed form 4", "date": "2026-03-02"],
      ])
    try fixture.advance("2026-03-06T15:30:00+08:00")
    try fixture.call("visit.record", ["task": visits["task"] ?? .null, "outcome": "met"])

    // The fortnight after, nobody comes. A day later the station and the desk hear of it.
    try fixture.advance("2026-03-21T15:00:00+08:00")
    #expect(fixture.events("duty_missed").map { $0["kind"] } == ["visit"])
    // She cannot be reached: the desk is asked, by an id and a code.
    let lost = try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"])
    #expect(lost["support"]?.stringValue?.hasPrefix("SR-2026-") == true)
    try fixture.advance("2026-03-21T20:00:00+08:00")
    // She was with her sister.
    try fixture.call("contact.found", ["id": .string(id), "outcome": "found_well"])

    // The review of 30 March: it is in force and needed. So are those that follow.
    for (on, next) in [
      ("2026-03-28", "2026-04-27"), ("2026-04-20", "2026-05-19"), ("2026-05-12", "2026-06-10"),
      ("2026-06-03", "2026-07-02"), ("2026-06-25", "2026-07-24"), ("2026-07-20", "2026-08-18"),
    ] {
      try fixture.advance("\(on)T09:00:00+08:00")
      try fixture.review(id, next: next)
    }
    // In August the court extends the order by six months.
    try fixture.advance("2026-08-10T09:00:00+08:00")
    let further: JSONObject = [
      "id": .string(id), "to": "2027-02-28", "next_review": "2026-09-05",
      "instrument": ["authority": "Qingping County Court", "number": "(2026) 0102-88", "date": "2026-08-07"],
    ]
    try fixture.approve(try fixture.call("renew.request", further)["approval"]?.stringValue ?? "")
    try fixture.call("renew", ["id": .string(id)])
    #expect(fixture.state(id) == .renewed)

    // Nobody makes September's review. The record is hidden; the visits go unassessed; nothing is extended.
    try fixture.advance("2026-09-06T00:00:00+08:00")
    #expect(fixture.events("review_missed").count == 1)
    let hidden = #expect(throws: RPCError.self) { try fixture.get(id) }
    #expect(hidden?.rule == "keyperson.review")
    let task = try #require(fixture.tasks(id, .review).first)
    #expect(try fixture.call("get", ["task": .string(task)])["name"] == "张某")
    try fixture.advance("2026-09-08T09:00:00+08:00")
    try fixture.review(id, next: "2026-10-08")
    #expect(fixture.state(id) == .renewed)

    // In October the order is lifted. She is told, and has a month to ask what was kept.
    try fixture.advance("2026-10-08T09:00:00+08:00")
    let end = try fixture.call(
      "delist",
      [
        "id": .string(id), "reason": "court_decision",
        "decision": [
          "authority": "Qingping County Court", "number": "(2026) 0102-99", "date": "2026-10-08",
        ],
      ])
    let notice = try fixture.call("notice.get", ["task": end["task"] ?? .null])
    #expect(notice["name"] == "张某" && notice["en"]?.stringValue?.contains("has ended the measure") == true)
    try fixture.call("notice.record", ["task": end["task"] ?? .null])
    #expect(throws: RPCError.self) { try fixture.get(id) }
    let extract = try fixture.call("extract", ["id": .string(id)], purpose: "subject_request")
    #expect(extract["former_instruments"]?.arrayValue?.count == 1)

    // On 8 November nothing is left but that there was a protection order.
    try fixture.advance("2026-11-08T00:00:00+08:00")
    #expect(fixture.body(id) == nil)
    #expect(fixture.rows("tombstone").map { $0.body["to"] } == ["2026-10-08"])
    let year = try fixture.call("figures", ["from": "2026-01-01", "to": "2026-12-31"])["total"]
    #expect(year?["overdue_reviews"]?["numerator"] == 1)
    #expect(year?["overdue_reviews"]?["denominator"] == 9)
    #expect(year?["unlinked_reads"]?["numerator"] == 0)
    #expect(year?["unlinked_reads"]?["meets_target"] == true)
    #expect(year?["delistings_by_reason"]?["court_decision"] == 1)
  }
}
