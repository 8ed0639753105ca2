import KeyPerson
import ModuleTesting
import StationKit
import Testing

/// Random calls on a few records, with the clock moving on, now and then while the daemon is down.
@Suite("Invariants of key-person follow-up")
struct InvariantTests {
  static let categories = Category.allCases
  static let officers = [Fixture.wang, Fixture.li, Fixture.zhao, FourEyesTests.fourth]

  @Test("hold through random sequences of calls", arguments: 0..<24)
  func sequence(_ seed: UInt64) throws {
    var random = Seeded(state: seed)
    let fixture = try Fixture()
    var ids: [String] = []
    var model = Model()
    for number in 0..<5 {
      let category = Self.categories.randomElement(using: &random) ?? .bailPendingTrial
      let more: JSONObject = [
        "instrument": ["authority": "Court", "number": .string("n-\(number)"), "date": "2026-02-20"]
      ]
      ids.append(
        try Bool.random(using: &random) ? fixture.propose(category, more) : fixture.enter(category, more))
    }
    for _ in 0..<120 {
      guard let id = ids.randomElement(using: &random) else { continue }
      let before = fixture.store.contents.rows["keyperson.record"]?[id]?.record
      do {
        try act(fixture, id, &random, &model)
      } catch let error as RPCError {
        // Refused for its state, by a rule, for want of approval, or gone: and then nothing has changed.
        #expect(
          [.wrongState, .refusedByRule, .approvalRequired, .expired, .notFound].contains(error.kind),
          "\(error)")
        #expect(fixture.store.contents.rows["keyperson.record"]?[id]?.record.version == before?.version)
      }
      let later = fixture.store.now.adding(hours: Int.random(in: 0...60, using: &random))
      if Int.random(in: 0..<4, using: &random) == 0 {
        try fixture.store.sleep(to: later)
      } else {
        try fixture.store.advance(to: later)
      }
      for id in ids { try check(id, fixture, &model) }
    }
    try recount(fixture, model)
  }

  /// What is known from outside.
  struct Model {
    var ends: [String: (to: CivilDate, renewals: Int)] = [:]
    var linked = 0
    var unlinked = 0
    var extracts = 0
  }

  private func act(_ fixture: Fixture, _ id: String, _ random: inout Seeded, _ model: inout Model) throws {
    let key: JSONObject = ["id": .string(id)]
    let soon = fixture.store.now.adding(hours: Int.random(in: 1...200, using: &random)).rfc3339()
    let today = fixture.store.now.date(in: .shanghai)
    func day(_ range: ClosedRange<Int>) -> String {
      today.adding(days: Int.random(in: range, using: &random)).description
    }
    func officer() -> Principal { Self.officers.randomElement(using: &random) ?? Fixture.wang }
    let open = fixture.rows("task").filter { $0.body["record"] == .string(id) }.randomElement(using: &random)
    switch Int.random(in: 0..<16, using: &random) {
    case 0:
      let seen: JSONObject = ["id": .string(id), "seen": "original"]
      let asked = try fixture.call("verify_instrument", seen, as: officer())["approval"]?.stringValue
      // A decision that is refused leaves the verification.
      try? fixture.approve(asked ?? "", as: officer())
    case 1: try fixture.call("activate", key)
    case 2:
      try fixture.call(
        "duty.add", ["id": .string(id), "kind": "report_in", "first_due": .string(soon), "every_days": 7])
    case 3:
      guard let open else { return }
      try fixture.call("duty.record", ["task": .string(open.id)])
    case 4:
      guard let open else { return }
      try fixture.call("duty.excuse", ["task": .string(open.id), "excuse": "leave_granted"])
    case 5: _ = try VisitTests.agree(fixture, id, ["first_due": .string(soon), "every_days": 14])
    case 6, 7: try fixture.review(id, next: day(-2...40))
    case 8:
      var params = LifeCycleTests.renewal
      params["id"] = .string(id)
      params["to"] = .string(day(0...500))
      params["next_review"] = .string(day(1...40))
      let approval = try fixture.call("renew.request", params, as: officer())["approval"]?.stringValue
      try? fixture.approve(approval ?? "", as: officer())
    case 9: try fixture.call("renew", key)
    case 10: try fixture.call("contact.lost", ["id": .string(id), "urgency": "routine"])
    case 11: try fixture.call("contact.found", ["id": .string(id), "outcome": "found_well"])
    case 12:
      _ = try fixture.get(id)
      model.unlinked += 1
    case 13:
      guard let open else { return }
      _ = try fixture.get(id, ["task": .string(open.id)])
      model.linked += 1
    case 14:
      try fixture.call("extract", key, purpose: "subject_request")
      model.extracts += 1
    default:
      guard Int.random(in: 0..<6, using: &random) == 0 else { return }
      _ = try fixture.delist(id, "error")
    }
  }

  private func check(_ id: String, _ fixture: Fixture, _ model: inout Model) throws {
    let mine = fixture.rows("task").filter { $0.body["record"] == .string(id) }
    let deadline = fixture.store.contents.deadlines["keyperson|life|\(id)"]
    guard let body = fixture.body(id), let record = KeyRecord(body) else {
      // Erased: nothing is left but the tombstone, and it was delisted for long enough.
      #expect(mine.isEmpty && deadline == nil)
      #expect(fixture.rows("tombstone").contains { $0.id == id })
      return
    }
    // What is stored reads back as it is, and the clock has nothing left to do.
    #expect(record.body == body)
    #expect(record.state(at: fixture.store.now) == record.state)
    #expect(deadline?.due == record.nextPassing?.at)
    if let deadline { #expect(deadline.due > fixture.store.now) }
    // A live record is within its term, has a review to come or open, and an end.
    if record.state.isLive {
      #expect(fixture.store.now < record.ends)
      #expect(record.nextReview <= record.to)
      if record.state != .suspended { #expect(fixture.store.now < record.reviewEnds) }
    }
    // Only a renewal moves the end, and only later; all renewals together stay within the total.
    if let known = model.ends[id], known.renewals == record.renewals { #expect(known.to == record.to) }
    if let known = model.ends[id] { #expect(record.to >= known.to) }
    model.ends[id] = (record.to, record.renewals)
    let months: [Category: Int] = [
      .communityCorrections: 120, .drugTreatment: 36, .bailPendingTrial: 12, .protectionOrder: 24,
      .resettlementSupport: 36, .missingVulnerablePerson: 24,
    ]
    #expect(record.to <= record.from.adding(months: months[record.category] ?? 0))
    // One open review task exactly while a review is open or overdue.
    let reviews = mine.filter { $0.body["kind"] == "review" && $0.body["state"] == "open" }.count
    #expect(reviews == (record.state == .reviewDue || record.state == .suspended ? 1 : 0), "\(record.state)")
    // An ended record owes nothing but its notice.
    if record.state == .delisted {
      #expect(mine.allSatisfy { $0.body["state"] != "open" || $0.body["kind"] == "notice" })
      #expect(record.lost == nil && record.delisting != nil)
    }
    // Whose decision was taken had neither proposed nor verified the record, nor asked.
    for (_, row) in fixture.store.contents.rows["approval.request"] ?? [:] {
      let asked = row.record
      guard asked["about"] == .string(id), asked["state"] == "consumed" else { continue }
      let entrants = [body["proposed_by"], asked["requested_by"]] + (body["verifiers"]?.arrayValue ?? [])
      #expect(asked["decided_by"] != nil && !entrants.contains(asked["decided_by"]))
    }
    // A duty has at most one open task, with a deadline for its grace.
    for duty in fixture.rows("duty") where duty.body["record"] == .string(id) {
      let open = mine.filter { $0.body["duty"] == .string(duty.id) && $0.body["state"] == "open" }
      #expect(open.count <= 1)
      for task in open { #expect(fixture.store.contents.deadlines["keyperson|grace|\(task.id)"] != nil) }
    }
  }

  /// The figures of the whole time are what was seen from outside.
  private func recount(_ fixture: Fixture, _ model: Model) throws {
    let total = try fixture.call("figures", ["from": "2026-01-01", "to": "2026-12-31"])["total"]
    #expect(total?["unlinked_reads"]?["numerator"] == .int(model.unlinked))
    #expect(total?["unlinked_reads"]?["denominator"] == .int(model.unlinked + model.linked))
    #expect(total?["unlinked_reads"]?["exclusions"] == ["extracts": .int(model.extracts)])
    #expect(total?["overdue_reviews"]?["numerator"] == .int(fixture.events("review_missed").count))
    let entered = fixture.events("changed").filter { $0["action"] == "activate" }.count
    #expect(total?["delistings"]?["denominator"] == .int(entered))
    let ended = fixture.events("delisted")
    // Who was entered has a notice to be given; the others were never followed up.
    let followed = ended.filter { $0["task"] != nil }
    #expect(total?["delistings"]?["numerator"] == .int(followed.count))
    #expect(total?["delistings"]?["exclusions"] == ["never_entered": .int(ended.count - followed.count)])
    for reason in DelistReason.allCases {
      let count = followed.filter { $0["reason"] == .string(reason.rawValue) }.count
      #expect(total?["delistings_by_reason"]?[reason.rawValue] == .int(count), "\(reason)")
    }
    // Missed duties are events, each once.
    let missed = fixture.events("duty_missed").compactMap { $0["task"]?.stringValue }
    #expect(Set(missed).count == missed.count)
  }
}
