import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Reviews and renewals")
struct ReviewTests {
  static let window: [(String, State)] = [
    ("2026-03-15T23:59:00+08:00", .active), ("2026-03-15T23:59:59.999+08:00", .active),
    ("2026-03-16T00:00:00+08:00", .reviewDue), ("2026-03-30T23:59:59.999+08:00", .reviewDue),
    ("2026-03-31T00:00:00+08:00", .suspended), ("2026-08-31T23:59:59.999+08:00", .suspended),
    ("2026-09-01T00:00:00+08:00", .delisted), ("2026-09-30T23:59:59.999+08:00", .delisted),
    ("2026-10-01T23:59:59.999+08:00", .delisted),
  ]

  @Test(
    "a review opens fourteen days before its day, is missed when the day is over, and the term ends",
    arguments: window)
  func opens(_ instant: String, _ state: State) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance(instant)
    #expect(fixture.state(id) == state)
    // The same where the daemon was down all the time.
    let sleeper = try Fixture()
    let other = try sleeper.enter()
    try sleeper.store.sleep(to: Fixture.at(instant))
    #expect(sleeper.state(other) == state)
    #expect(sleeper.record(other)?.delisting == fixture.record(id)?.delisting)
    #expect(sleeper.events("review_missed").count == fixture.events("review_missed").count)
  }

  @Test("a missed review hides the record from every read but the review itself")
  func suspended() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-31T00:00:00+08:00")
    let get = #expect(throws: RPCError.self) { try fixture.get(id) }
    #expect(get?.rule == "keyperson.review" && get?.pointer == "/id")
    let number = #expect(throws: RPCError.self) {
      try fixture.call("get", ["id_number": .string(Fixture.number), "category": "community_corrections"])
    }
    #expect(number?.kind == .notFound)
    // The review's own task is the one key that fits an officer.
    let task = try #require(fixture.tasks(id, .review).first)
    #expect(try fixture.call("get", ["task": .string(task)])["name"] == "王小明")
    let wrong = #expect(throws: RPCError.self) { try fixture.get(id, ["task": "id-1"]) }
    #expect(wrong != nil)
    #expect(fixture.events("review_missed").count == 1)
    #expect(fixture.events("review_missed").first?["to"] == ["st-01", "key-person-desk"])
    #expect(fixture.record(id)?.to.description == "2026-08-31", "nothing is extended")
  }

  @Test("a record whose review was missed is hidden also from who has another task about it")
  func suspendedWithTask() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let duty = try DutyTests.add(fixture, id, first: "2026-04-01T10:00:00+08:00")["task"] ?? .null
    let contact = try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"])["task"] ?? .null
    for task in [duty, contact] { _ = try fixture.get(id, ["task": task]) }
    try fixture.advance("2026-03-31T00:00:00+08:00")
    for task in [duty, contact] {
      #expect(
        fixture.store.contents.rows["keyperson.task"]?[task.stringValue ?? ""]?.record["state"] == "open")
      for params in [["id": .string(id), "task": task], ["task": task]] as [JSONObject] {
        let error = #expect(throws: RPCError.self) { try fixture.call("get", params) }
        #expect(error?.rule == "keyperson.review" && error?.pointer == "/id")
      }
    }
  }

  @Test("a renewal's instrument is screened as a proposal's, and a correction's document too")
  func screened() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-20T09:00:00+08:00")
    var renewal = LifeCycleTests.renewal
    renewal["id"] = .string(id)
    renewal["instrument"] = [
      "authority": "Court, of 330106194906150047", "number": "(2026) 0102-77", "date": "2026-03-10",
    ]
    let error = #expect(throws: RPCError.self) { try fixture.call("renew.request", renewal) }
    #expect(error?.rule == "keyperson.text" && error?.pointer == "/instrument/authority")
    let correction: JSONObject = [
      "id": .string(id), "phone": "137 0000 0000", "document": "of 330106194906150047",
    ]
    let document = #expect(throws: RPCError.self) { try fixture.call("correct", correction) }
    #expect(document?.rule == "keyperson.text" && document?.pointer == "/document")
  }

  @Test("hidden at the very instant, also while the deadline has not fired")
  func beforeTheDeadline() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    fixture.store.now = Fixture.at("2026-03-31T00:00:00+08:00")
    #expect(fixture.state(id) == .active, "the deadline is still to fire")
    #expect(throws: RPCError.self) { try fixture.get(id) }
    #expect(throws: RPCError.self) {
      try fixture.call("get", ["id_number": .string(Fixture.number), "category": "community_corrections"])
    }
    let error = #expect(throws: RPCError.self) {
      try fixture.call(
        "duty.add", ["id": .string(id), "kind": "report_in", "first_due": "2026-04-20T10:00:00+08:00"])
    }
    #expect(error?.kind == .wrongState)
  }

  @Test("a late review brings the record back, and the breach stays in the figures")
  func back() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-04-02T10:00:00+08:00")
    try fixture.review(id, next: "2026-05-20")
    #expect(fixture.state(id) == .active)
    #expect(try fixture.get(id)["state"] == "active")
    let reviews = fixture.rows("tally").filter { $0.body["what"] == "review" }
    #expect(reviews.map { $0.body["code"] } == ["overdue"])
    #expect(fixture.tasks(id, .review, .done).count == 1)
  }

  static let questions: [(JSONObject, String, String)] = [
    (["in_force": false, "needed": true], "keyperson.review", "/in_force"),
    (["in_force": true, "needed": false], "keyperson.review", "/needed"),
    (["next_review": "2026-06-15"], "keyperson.review.interval", "/next_review"),
    (["next_review": "2026-03-16"], "keyperson.review.interval", "/next_review"),
    (["next_review": "2026-09-01"], "keyperson.review.interval", "/next_review"),
  ]

  @Test("what is not in force or not needed is not kept by a review", arguments: questions.indices)
  func refusedReview(_ index: Int) throws {
    let (more, rule, pointer) = Self.questions[index]
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-16T09:00:00+08:00")
    var params: JSONObject = [
      "id": .string(id), "in_force": true, "needed": true, "next_review": "2026-06-14",
    ]
    for (key, value) in more { params[key] = value }
    let error = #expect(throws: RPCError.self) { try fixture.call("review", params) }
    #expect(error?.rule == rule && error?.pointer == pointer)
    params = ["id": .string(id), "in_force": true, "needed": true, "next_review": "2026-06-14"]
    try fixture.call("review", params)
  }

  @Test("after a review in its window the window does not open again on the same day")
  func reopening() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.communityCorrections, ["to": "2026-04-10"])
    try fixture.advance("2026-03-28T09:00:00+08:00")
    try fixture.review(id, next: "2026-04-10")
    #expect(fixture.state(id) == .active)
    try fixture.advance("2026-03-28T23:59:59+08:00")
    #expect(fixture.state(id) == .active)
    try fixture.advance("2026-03-29T00:00:00+08:00")
    #expect(fixture.state(id) == .reviewDue)
    // The end comes first: the last review is not overdue.
    try fixture.advance("2026-04-11T00:00:00+08:00")
    #expect(fixture.state(id) == .delisted)
    #expect(fixture.events("review_missed").isEmpty)
    #expect(
      fixture.rows("tally").filter { $0.body["what"] == "review" }.map { $0.body["code"] } == [
        "in_time", "void",
      ])
  }

  // MARK: Renewals

  static func request(_ fixture: Fixture, _ id: String, to: String, _ more: JSONObject = [:]) throws -> String
  {
    var params = LifeCycleTests.renewal
    params["id"] = .string(id)
    params["to"] = .string(to)
    for (key, value) in more { params[key] = value }
    return try fixture.call("renew.request", params)["approval"]?.stringValue ?? ""
  }

  /// The category, its first end, the last day that a renewal may set, and the rule that says so.
  static let renewals: [(Category, to: String, last: String, rule: String)] = [
    // Six months more for each order, and two years in all.
    (.protectionOrder, "2026-08-31", "2027-02-28", "keyperson.maximum.protection_order"),
    (.protectionOrder, "2026-04-01", "2026-10-01", "keyperson.maximum.protection_order"),
    // Twelve months in all, however they are cut.
    (.bailPendingTrial, "2026-08-31", "2027-03-01", "keyperson.total.bail_pending_trial"),
    (.drugTreatment, "2026-08-31", "2029-03-01", "keyperson.total.drug_treatment"),
    (.communityCorrections, "2026-08-31", "2036-03-01", "keyperson.total.community_corrections"),
    (.resettlementSupport, "2026-08-31", "2027-08-31", "keyperson.maximum.resettlement_support"),
    (.missingVulnerablePerson, "2026-08-31", "2027-02-28", "keyperson.maximum.missing_vulnerable_person"),
  ]

  @Test("a renewal up to the legal maximum is taken, a day more is refused", arguments: renewals)
  func maximum(_ category: Category, _ to: String, _ last: String, _ rule: String) throws {
    let fixture = try Fixture()
    let id = try fixture.enter(category, ["to": .string(to)])
    try fixture.advance("2026-03-20T09:00:00+08:00")
    let more: JSONObject = ["next_review": "2026-04-10"]
    let over = try #require(CivilDate(last)).adding(days: 1).description
    let error = #expect(throws: RPCError.self) { try Self.request(fixture, id, to: over, more) }
    #expect(error?.kind == .refusedByRule && error?.rule == rule && error?.pointer == "/to")
    try fixture.approve(try Self.request(fixture, id, to: last, more))
    try fixture.call("renew", ["id": .string(id)])
    #expect(fixture.state(id) == .renewed)
    #expect(fixture.record(id)?.to.description == last)
    try fixture.store.advance(to: try #require(fixture.record(id)).ends.adding(milliseconds: -1))
    #expect(fixture.state(id) != .delisted)
    try fixture.store.advance(to: try #require(fixture.record(id)).ends)
    #expect(fixture.state(id) == .delisted)
  }

  @Test("extensions of an order end with the total, each being short enough")
  func total() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.protectionOrder, ["to": "2026-09-01"])
    for (number, to) in ["2027-03-01", "2027-09-01", "2028-03-01", "2028-03-02"].enumerated() {
      try fixture.store.advance(to: try #require(fixture.record(id)).reviewOpens.adding(hours: 9))
      let more: JSONObject = [
        "instrument": [
          "authority": "Court", "number": .string("(2026) \(number)"), "date": "2026-03-10",
        ], "next_review": .string(fixture.store.now.date(in: .shanghai).adding(days: 20).description),
      ]
      if to == "2028-03-02" {
        let error = #expect(throws: RPCError.self) { try Self.request(fixture, id, to: to, more) }
        #expect(error?.rule == "keyperson.total.protection_order")
      } else {
        try fixture.approve(try Self.request(fixture, id, to: to, more))
        try fixture.call("renew", ["id": .string(id)])
      }
    }
    #expect(fixture.record(id)?.renewals == 3)
    #expect(fixture.body(id)?["former_instruments"]?.arrayValue?.count == 3)
  }

  @Test("a renewal needs four eyes, an instrument of its own, and a later end")
  func needs() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-20T09:00:00+08:00")
    let bare = #expect(throws: RPCError.self) { try fixture.call("renew", ["id": .string(id)]) }
    #expect(bare?.kind == .approvalRequired && bare?.rule == "keyperson.four_eyes")
    let same = #expect(throws: RPCError.self) {
      try Self.request(
        fixture, id, to: "2026-12-31",
        ["instrument": ["authority": "Court", "number": "(2026) 0102-31", "date": "2026-03-10"]])
    }
    #expect(same?.rule == "keyperson.instrument" && same?.pointer == "/instrument/number")
    let older = #expect(throws: RPCError.self) {
      try Self.request(
        fixture, id, to: "2026-12-31",
        ["instrument": ["authority": "Court", "number": "old", "date": "2026-02-19"]])
    }
    #expect(older?.rule == "keyperson.instrument" && older?.pointer == "/instrument/date")
    let shorter = #expect(throws: RPCError.self) { try Self.request(fixture, id, to: "2026-08-31") }
    #expect(shorter?.rule == "keyperson.term")
    let approval = try Self.request(fixture, id, to: "2026-12-31")
    let own = #expect(throws: RPCError.self) { try fixture.approve(approval, as: Fixture.wang) }
    #expect(own?.rule == "approval.second_person")
    let early = #expect(throws: RPCError.self) { try fixture.call("renew", ["id": .string(id)]) }
    #expect(early?.kind == .approvalRequired)
    #expect(fixture.record(id)?.to.description == "2026-08-31")
    try fixture.approve(approval)
    try fixture.call("renew", ["id": .string(id)])
    #expect(fixture.record(id)?.to.description == "2026-12-31")
    // The approval has served.
    try fixture.store.advance(to: try #require(fixture.record(id)).reviewOpens)
    let again = #expect(throws: RPCError.self) { try fixture.call("renew", ["id": .string(id)]) }
    #expect(again?.kind == .approvalRequired)
  }

  @Test("a renewal that waits is void once the review is missed or made")
  func voidRenewal() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-30T09:00:00+08:00")
    try fixture.approve(try Self.request(fixture, id, to: "2026-12-31"))
    try fixture.advance("2026-03-31T00:00:00+08:00")
    let error = #expect(throws: RPCError.self) { try fixture.call("renew", ["id": .string(id)]) }
    #expect(error?.kind == .wrongState)
    try fixture.review(id, next: "2026-04-20")
    try fixture.advance("2026-04-10T09:00:00+08:00")
    #expect(fixture.state(id) == .reviewDue)
    let again = #expect(throws: RPCError.self) { try fixture.call("renew", ["id": .string(id)]) }
    #expect(again?.kind == .approvalRequired)
    #expect(fixture.body(id)?["pending_instrument"] == nil)
  }

  // MARK: Three years clean

  @Test(
    "three years clean: renewal and review are refused, only delisting is left, else the record is hidden")
  func clean() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.drugTreatment, ["clean_since": "2023-04-20", "to": "2027-02-28"])
    try fixture.advance("2026-03-20T09:00:00+08:00")
    try fixture.review(id, next: "2026-06-10")
    // The last minute of three years.
    try fixture.advance("2026-04-20T23:59:00+08:00")
    #expect(fixture.state(id) == .active)
    let early = #expect(throws: RPCError.self) { try fixture.delist(id, "three_years_clean") }
    #expect(early?.rule == "keyperson.drug.clean" && early?.pointer == "/reason")
    try fixture.advance("2026-04-21T00:00:00+08:00")
    #expect(fixture.state(id) == .reviewDue)
    #expect(fixture.events("clean").map { $0["due"] } == ["2026-05-06T00:00:00.000+08:00"])
    let renewal = #expect(throws: RPCError.self) {
      try Self.request(fixture, id, to: "2027-06-01", ["next_review": "2026-06-01"])
    }
    #expect(renewal?.rule == "keyperson.drug.clean" && renewal?.pointer == "/to")
    let review = #expect(throws: RPCError.self) { try fixture.review(id, next: "2026-06-01") }
    #expect(review?.rule == "keyperson.drug.clean")
    let copy = fixture.store.contents
    #expect(try fixture.delist(id, "three_years_clean")["state"] == "delisted")
    // Where nobody delists, the record is hidden, and delisting is still all that is left.
    fixture.store.contents = copy
    try fixture.advance("2026-05-06T00:00:00+08:00")
    #expect(fixture.state(id) == .suspended)
    #expect(throws: RPCError.self) { try fixture.review(id, next: "2026-06-01") }
    #expect(try fixture.delist(id, "three_years_clean")["state"] == "delisted")
  }

  @Test("a renewal that was approved before three years were over is refused after them")
  func cleanMeanwhile() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.drugTreatment, ["clean_since": "2023-03-20", "to": "2027-02-28"])
    try fixture.advance("2026-03-20T20:00:00+08:00")
    try fixture.approve(try Self.request(fixture, id, to: "2027-06-01"))
    try fixture.advance("2026-03-21T00:00:00+08:00")
    let error = #expect(throws: RPCError.self) { try fixture.call("renew", ["id": .string(id)]) }
    #expect(error?.rule == "keyperson.drug.clean")
    #expect(fixture.record(id)?.to.description == "2027-02-28")
  }
}
