import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Entry")
struct EntryTests {
  /// The first day under an instrument, and the last that it may set: the maximum of each category.
  static let maxima: [(Category, from: String, last: String, rule: String)] = [
    (.communityCorrections, "2026-03-01", "2036-03-01", "keyperson.maximum.community_corrections"),
    (.drugTreatment, "2026-03-01", "2029-03-01", "keyperson.maximum.drug_treatment"),
    (.bailPendingTrial, "2026-03-01", "2027-03-01", "keyperson.maximum.bail_pending_trial"),
    (.bailPendingTrial, "2026-02-28", "2027-02-28", "keyperson.maximum.bail_pending_trial"),
    (.protectionOrder, "2026-03-01", "2026-09-01", "keyperson.maximum.protection_order"),
    // A month that is too short: 31 August and six months.
    (.protectionOrder, "2026-02-28", "2026-08-28", "keyperson.maximum.protection_order"),
    (.resettlementSupport, "2026-03-01", "2027-03-01", "keyperson.maximum.resettlement_support"),
    (.missingVulnerablePerson, "2026-03-01", "2026-09-01", "keyperson.maximum.missing_vulnerable_person"),
  ]

  @Test("a term up to the maximum is taken, a day more is refused by its rule", arguments: maxima)
  func maximum(_ category: Category, _ from: String, _ last: String, _ rule: String) throws {
    let fixture = try Fixture()
    let more: JSONObject = ["from": .string(from), "to": .string(last)]
    _ = try fixture.propose(category, more)
    let day = try #require(CivilDate(last)).adding(days: 1)
    let error = #expect(throws: RPCError.self) {
      try fixture.propose(category, ["from": .string(from), "to": .string(day.description)])
    }
    #expect(error?.rule == rule && error?.pointer == "/to")
  }

  @Test("from 31 August six months end with February, also where a holiday follows")
  func monthEnd() throws {
    let fixture = try Fixture(now: Fixture.at("2026-08-31T09:00:00+08:00"))
    var more: JSONObject = [
      "from": "2026-08-31", "to": "2027-02-28", "next_review": "2026-09-20",
      "instrument": Fixture.instrument(date: "2026-08-31"),
    ]
    _ = try fixture.propose(.protectionOrder, more)
    more["to"] = "2027-03-01"
    let error = #expect(throws: RPCError.self) { try fixture.propose(.protectionOrder, more) }
    #expect(error?.rule == "keyperson.maximum.protection_order")
  }

  /// What is refused, by which rule, where.
  static let refusals: [(Category, JSONObject, rule: String, pointer: String)] = [
    (.communityCorrections, ["purpose": "find_and_return"], "keyperson.purpose", "/purpose"),
    (.communityCorrections, ["part": "bound"], "keyperson.part", "/part"),
    (.protectionOrder, ["purpose": "uphold_order"], "keyperson.purpose", "/purpose"),
    (.communityCorrections, ["owner": "st-02"], "keyperson.owner", "/owner"),
    (.communityCorrections, ["from": "2026-02-19"], "keyperson.instrument", "/from"),
    (
      .communityCorrections,
      ["instrument": ["authority": "Court", "number": "1", "date": "2026-03-03"]], "keyperson.instrument",
      "/instrument/date"
    ),
    // Thirty-two days ahead.
    (.communityCorrections, ["from": "2026-04-03"], "keyperson.proposal", "/from"),
    (.communityCorrections, ["to": "2026-03-01"], "keyperson.term", "/to"),
    (.communityCorrections, ["next_review": "2026-06-01"], "keyperson.review.interval", "/next_review"),
    (.communityCorrections, ["next_review": "2026-03-02"], "keyperson.review.interval", "/next_review"),
    (.bailPendingTrial, ["next_review": "2026-05-02"], "keyperson.review.interval", "/next_review"),
    (.protectionOrder, ["next_review": "2026-04-02"], "keyperson.review.interval", "/next_review"),
    (.communityCorrections, ["to": "2026-03-20"], "keyperson.review.interval", "/next_review"),
    (.communityCorrections, ["clean_since": "2026-01-01"], "keyperson.drug.clean", "/clean_since"),
    (.drugTreatment, ["clean_since": "2026-03-03"], "keyperson.drug.clean", "/clean_since"),
    (.drugTreatment, ["clean_since": "2023-03-01"], "keyperson.drug.clean", "/clean_since"),
    (
      .communityCorrections, ["consent": ["document": "x", "date": "2026-03-01"]], "keyperson.visit.consent",
      "/consent"
    ),
    (
      .resettlementSupport, ["consent": ["document": "x", "date": "2026-03-03"]], "keyperson.visit.consent",
      "/consent/date"
    ),
    (
      .missingVulnerablePerson,
      [
        "care_need": [
          "need": "medicine", "document": ["by": "doctor", "reference": "1", "date": "2026-03-03"],
        ]
      ], "keyperson.care_need", "/care_need/document/date"
    ),
    (.communityCorrections, ["name": "王 330106 19850101 0028"], "keyperson.text", "/name"),
    (.communityCorrections, ["name": "30.274100, 120.155100"], "keyperson.text", "/name"),
    (
      .communityCorrections,
      [
        "instrument": [
          "authority": "Court, 30.274100 120.155100", "number": "1", "date": "2026-02-20",
        ]
      ], "keyperson.text", "/instrument/authority"
    ),
    (
      .missingVulnerablePerson, ["guardian": ["name": "王 330106194906150047"]], "keyperson.text",
      "/guardian/name"
    ),
    (
      .resettlementSupport, ["consent": ["document": "of 330106194906150047", "date": "2026-02-25"]],
      "keyperson.text", "/consent/document"
    ),
    (
      .missingVulnerablePerson,
      [
        "care_need": [
          "need": "last seen at 30.274100N 120.155100E",
          "document": ["by": "guardian", "reference": "1", "date": "2026-03-01"],
        ]
      ], "keyperson.text", "/care_need/need"
    ),
    (
      .missingVulnerablePerson,
      [
        "care_need": [
          "need": "insulin",
          "document": ["by": "guardian", "reference": "of 330106194906150047", "date": "2026-03-01"],
        ]
      ], "keyperson.text", "/care_need/document/reference"
    ),
  ]

  @Test("a proposal that a rule refuses names it and the member", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (category, more, rule, pointer) = Self.refusals[index]
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) { try fixture.propose(category, more) }
    #expect(
      error?.kind == .refusedByRule && error?.rule == rule && error?.pointer == pointer, "\(error as Any)")
    #expect(fixture.rows("record").isEmpty)
  }

  @Test(
    "without instrument, purpose, end or next review nothing is proposed",
    arguments: ["instrument", "purpose", "to", "from", "next_review", "owner", "name"])
  func required(_ member: String) throws {
    let fixture = try Fixture()
    var params = Fixture.proposal(.bailPendingTrial)
    params[member] = nil
    let error = #expect(throws: RPCError.self) { try fixture.call("propose", params) }
    #expect(error?.kind == .invalidParams && error?.pointer == "/\(member)")
  }

  @Test("a care need without a doctor's or guardian's document is not taken")
  func careNeed() throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.propose(.missingVulnerablePerson, ["care_need": ["need": "dementia"]])
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/care_need/document")
    let by = #expect(throws: RPCError.self) {
      try fixture.propose(
        .missingVulnerablePerson,
        [
          "care_need": [
            "need": "dementia", "document": ["by": "neighbour", "reference": "1", "date": "2026-03-01"],
          ]
        ])
    }
    #expect(by?.pointer == "/care_need/document/by")
  }

  @Test("voluntary support needs a consent, a drug case a day, an order a part")
  func conditional() throws {
    let fixture = try Fixture()
    for (category, member, rule) in [
      (Category.resettlementSupport, "consent", "keyperson.visit.consent"),
      (.drugTreatment, "clean_since", "keyperson.drug.clean"),
      (.protectionOrder, "part", "keyperson.part"),
    ] {
      var params = Fixture.proposal(category)
      params[member] = nil
      let error = #expect(throws: RPCError.self) { try fixture.call("propose", params) }
      #expect(error?.rule == rule && error?.pointer == "/\(member)")
    }
  }

  static let invalid: [(JSONObject, String)] = [
    (["id_number": "330106198501010029"], "/id_number"), (["id_number": "330106198502300025"], "/id_number"),
    (["phone": "a38"], "/phone"), (["phone": "330106198501010028"], "/phone"),
    (["phone": "12"], "/phone"), (["guardian": ["name": "x", "phone": "+"]], "/guardian/phone"),
  ]

  @Test("an ID number or telephone number that is none", arguments: invalid.indices)
  func invalidNumbers(_ index: Int) throws {
    let (more, pointer) = Self.invalid[index]
    let error = #expect(throws: RPCError.self) { try Fixture().propose(.bailPendingTrial, more) }
    #expect(error?.kind == .invalidParams && error?.pointer == pointer)
  }

  @Test("one instrument makes one record of a person, until that is over")
  func once() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let error = #expect(throws: RPCError.self) { try fixture.propose() }
    #expect(error?.rule == "keyperson.instrument.once" && error?.pointer == "/instrument/number")
    _ = try fixture.propose(.communityCorrections, ["id_number": .string(Fixture.otherNumber)])
    _ = try fixture.propose(.bailPendingTrial)
    // A mistake can be made good; what was is over.
    _ = try fixture.delist(id, "error")
    let again = try fixture.enter()
    _ = try fixture.delist(again, "completion")
    let over = #expect(throws: RPCError.self) { try fixture.propose() }
    #expect(over?.rule == "keyperson.instrument.once")
  }

  private static func under(_ number: String, _ more: JSONObject = [:]) -> JSONObject {
    var params: JSONObject = [
      "instrument": ["authority": "Qingping County Court", "number": .string(number), "date": "2026-02-20"]
    ]
    for (key, value) in more { params[key] = value }
    return params
  }

  /// The same instrument and the same person, written otherwise.
  static let written: [JSONObject] = [
    ["number": "（2026）0102-31"], ["number": " (2026)0102-31 "], ["number": "(2026) 0102-3１"],
    ["number": "〔2026〕 0102-31"], ["number": "(2026) 0102\u{200B}-31"],
    ["number": "(2026)-102-31"], ["number": "(2026)0102-031号"], ["number": "(2026) 00102 - 31 号"],
    ["authority": "Qingping  County Court"], ["authority": "ｑingping county court"], ["name": "王 小明"],
  ]

  @Test("one instrument is one, however it is written; what is seen stays as written", arguments: written)
  func onceWritten(_ change: JSONObject) throws {
    // By the ID number, and where there is none by the name.
    for more in [["id_number": .string(Fixture.number)], [:]] as [JSONObject] {
      let fixture = try Fixture()
      var params = Fixture.proposal(.communityCorrections, more)
      if more["id_number"] == nil { params["id_number"] = nil }
      let id = try #require(try fixture.call("propose", params)["id"]?.stringValue)
      #expect(fixture.record(id)?.personal["instrument"] == params["instrument"])
      var instrument = params["instrument"]?.objectValue ?? [:]
      for name in ["number", "authority"] { instrument[name] = change[name] ?? instrument[name] }
      params["instrument"] = .object(instrument)
      params["name"] = change["name"] ?? params["name"]
      let error = #expect(throws: RPCError.self) { try fixture.call("propose", params) }
      #expect(error?.rule == "keyperson.instrument.once" && error?.pointer == "/instrument/number")
    }
  }

  @Test("a record of before, under the number as it was written, is found as well")
  func onceOfBefore() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let key = "keyperson.record"
    let stored = try #require(fixture.store.contents.rows[key]?[id]?.record)
    var body = stored.body
    body["instrument_number"] = body["instrument"]?["number"]
    fixture.store.contents.rows[key]?[id]?.record = Record(id: id, version: stored.version, body: body)
    for number in ["(2026) 0102-31", "（2026）0102-31"] {
      let error = #expect(throws: RPCError.self) {
        try fixture.propose(.communityCorrections, Self.under(number))
      }
      #expect(error?.rule == "keyperson.instrument.once")
    }
  }

  @Test("an instrument that a renewal replaced makes no other record of the person, and renews none")
  func onceRenewed() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-20T09:00:00+08:00")
    try LifeCycleTests.renew(fixture, id)
    for number in ["(2026) 0102-31", "(2026) 0102-77"] {
      let error = #expect(throws: RPCError.self) {
        try fixture.propose(.communityCorrections, Self.under(number))
      }
      #expect(error?.rule == "keyperson.instrument.once" && error?.pointer == "/instrument/number")
      // Whom else it names can be entered under it.
      _ = try fixture.propose(
        .communityCorrections, Self.under(number, ["id_number": .string(Fixture.otherNumber)]))
    }
    try fixture.advance("2026-05-10T09:00:00+08:00")
    for number in ["(2026) 0102-31", "（2026）0102-31", "(2026) 0102-77", "(2026) 0102-77 "] {
      let back = #expect(throws: RPCError.self) {
        try ReviewTests.request(
          fixture, id, to: "2027-02-28",
          [
            "instrument": ["authority": "Court", "number": .string(number), "date": "2026-05-08"],
            "next_review": "2026-06-10",
          ])
      }
      #expect(back?.rule == "keyperson.instrument" && back?.pointer == "/instrument/number")
    }
    _ = try fixture.delist(id)
    let over = #expect(throws: RPCError.self) {
      try fixture.propose(
        .communityCorrections, Self.under("(2026) 0102-31", ["next_review": "2026-06-10"]))
    }
    #expect(over?.rule == "keyperson.instrument.once")
    // What is erased is forgotten, its numbers too.
    #expect(fixture.rows("former_instrument").count == 1)
    try fixture.tell(id)
    try fixture.call("erase", ["id": .string(id)])
    #expect(fixture.rows("former_instrument").isEmpty)
  }

  @Test("a renewal is not under an instrument by which another record of the person was made")
  func onceInRenewal() throws {
    let fixture = try Fixture()
    let first = try fixture.enter()
    let second = try fixture.enter(.communityCorrections, Self.under("(2026) 0102-32"))
    try fixture.advance("2026-03-20T09:00:00+08:00")
    let taken = #expect(throws: RPCError.self) {
      try ReviewTests.request(fixture, first, to: "2026-12-31", Self.under("(2026) 0102-32"))
    }
    #expect(taken?.rule == "keyperson.instrument.once" && taken?.pointer == "/instrument/number")
    // Also where the other was made while the renewal waited.
    for id in [first, second] {
      try fixture.approve(try ReviewTests.request(fixture, id, to: "2026-12-31"))
    }
    try fixture.call("renew", ["id": .string(first)])
    let late = #expect(throws: RPCError.self) { try fixture.call("renew", ["id": .string(second)]) }
    #expect(late?.rule == "keyperson.instrument.once" && late?.pointer == "/id")
  }

  /// Two proposals under one instrument, and whether they are about one person.
  static let persons: [(JSONObject, JSONObject, isSame: Bool)] = [
    (["id_number": .string(Fixture.number)], ["id_number": .string(Fixture.number), "name": "王晓明"], true),
    (["id_number": .string(Fixture.number)], ["id_number": .string(Fixture.otherNumber)], false),
    (["id_number": .string(Fixture.number)], [:], true), ([:], ["id_number": .string(Fixture.number)], true),
    ([:], [:], true), ([:], ["name": "赵六"], false),
  ]

  @Test("one person is told by the ID number, and by the name where one has none", arguments: persons.indices)
  func onePerson(_ index: Int) throws {
    let (one, other, isSame) = Self.persons[index]
    let fixture = try Fixture()
    func propose(_ more: JSONObject) throws {
      var params = Fixture.proposal(.bailPendingTrial)
      params["id_number"] = nil
      for (key, value) in more { params[key] = value }
      try fixture.call("propose", params)
    }
    try propose(one)
    if isSame {
      let error = #expect(throws: RPCError.self) { try propose(other) }
      #expect(error?.rule == "keyperson.instrument.once")
    } else {
      try propose(other)
    }
  }

  @Test("a correction does not make a second record of one person under one instrument")
  func onceCorrected() throws {
    let fixture = try Fixture()
    _ = try fixture.propose()
    let other = try fixture.propose(.communityCorrections, ["id_number": .string(Fixture.otherNumber)])
    let error = #expect(throws: RPCError.self) {
      try fixture.call(
        "correct", ["id": .string(other), "id_number": .string(Fixture.number), "document": "letter"])
    }
    #expect(error?.rule == "keyperson.instrument.once" && error?.pointer == "/id")
  }

  static let ages: [(String, Bool)] = [("2025-11-29", true), ("2025-11-28", false)]

  @Test("a term begins within 92 days of its instrument: an old one cannot begin anew", arguments: ages)
  func age(_ date: String, _ isFine: Bool) throws {
    let more: JSONObject = ["instrument": ["authority": "Court", "number": "1", "date": .string(date)]]
    if isFine {
      _ = try Fixture().propose(.bailPendingTrial, more)
    } else {
      let error = #expect(throws: RPCError.self) { try Fixture().propose(.bailPendingTrial, more) }
      #expect(error?.rule == "keyperson.instrument.age" && error?.pointer == "/from")
    }
  }

  @Test(
    "the numbers of real documents are no ID numbers and no coordinates",
    arguments: [
      "（2026）浙0102民保令15号", "浙公（城）取保字〔2026〕31号", "杭西戒决字[2026]第0042号", "SR-2026-000017",
    ])
  func documents(_ number: String) throws {
    let instrument: JSONValue = ["authority": "杭州市上城区人民法院", "number": .string(number), "date": "2026-02-20"]
    _ = try Fixture().propose(.bailPendingTrial, ["instrument": instrument])
  }

  static let lapses: [(String, State)] = [
    ("2026-03-16T23:59:00+08:00", .proposed), ("2026-03-16T23:59:59.999+08:00", .proposed),
    ("2026-03-17T00:00:00+08:00", .delisted),
  ]

  @Test("a proposal that nobody enters within fourteen days ends by itself", arguments: lapses)
  func lapse(_ instant: String, _ state: State) throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    try fixture.advance(instant)
    #expect(fixture.state(id) == state)
    if state == .delisted {
      #expect(fixture.record(id)?.delisting?.reason == .notEntered)
      // Who was never entered need not be told that it is over.
      #expect(fixture.rows("notice").isEmpty)
      #expect(fixture.events("delisted").map { $0["reason"] } == ["not_entered"])
    }
  }

  @Test("nobody is entered before the term begins, nor after the day of the first review")
  func notYet() throws {
    let fixture = try Fixture()
    let later = try fixture.propose(.bailPendingTrial, ["from": "2026-03-10", "next_review": "2026-03-12"])
    let error = #expect(throws: RPCError.self) { try fixture.verify(later) }
    #expect(error?.rule == "keyperson.term" && error?.pointer == "/id")
    try fixture.advance("2026-03-11T09:00:00+08:00")
    let approval = try fixture.verify(later)
    try fixture.approve(approval)
    try fixture.advance("2026-03-13T00:00:00+08:00")
    let late = #expect(throws: RPCError.self) { try fixture.call("activate", ["id": .string(later)]) }
    #expect(late?.rule == "keyperson.review.interval" && late?.pointer == "/id")
  }

  @Test("who has been clean for three years meanwhile is not entered")
  func cleanMeanwhile() throws {
    let fixture = try Fixture()
    let id = try fixture.propose(.drugTreatment, ["clean_since": "2023-03-03"])
    try fixture.approve(try fixture.verify(id))
    try fixture.advance("2026-03-04T08:00:00+08:00")
    let error = #expect(throws: RPCError.self) { try fixture.call("activate", ["id": .string(id)]) }
    #expect(error?.rule == "keyperson.drug.clean" && error?.pointer == "/id")
  }

  @Test("a term begins 31 days ahead at most, or as many as the rule says")
  func ahead() throws {
    let fixture = try Fixture()
    _ = try fixture.propose(.communityCorrections, ["from": "2026-04-02"])
    let sooner = try Fixture(RulesTests.changed("keyperson.proposal", "days_ahead", 5))
    _ = try sooner.propose(.communityCorrections, ["from": "2026-03-07"])
    let error = #expect(throws: RPCError.self) {
      try sooner.propose(.bailPendingTrial, ["from": "2026-03-08"])
    }
    #expect(error?.rule == "keyperson.proposal" && error?.pointer == "/from")
  }

  @Test("it is a police station that follows somebody up")
  func station() throws {
    let fixture = try Fixture()
    for unit in [Fixture.owner, "bureau"] {
      let error = #expect(throws: RPCError.self) {
        try fixture.call(
          "propose", Fixture.proposal(.communityCorrections, ["station": .string(unit)]), as: .all)
      }
      #expect(error?.rule == "keyperson.station" && error?.pointer == "/station")
    }
  }

  /// Names and numbers of two lines.
  static let broken: [(JSONObject, String)] = [
    (["name": "王\n小明"], "/name"), (["guardian": ["name": "王\u{2028}大明"]], "/guardian/name"),
    (["name": "王\u{202E}小明"], "/name"),
  ]

  @Test("a name is one line; what was kept before it had to be stays readable", arguments: broken.indices)
  func oneLine(_ index: Int) throws {
    let (more, pointer) = Self.broken[index]
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) { try fixture.propose(.missingVulnerablePerson, more) }
    #expect(error?.kind == .invalidParams && error?.pointer == pointer)
    let id = try fixture.enter(.missingVulnerablePerson)
    let key = "keyperson.record"
    let stored = try #require(fixture.store.contents.rows[key]?[id]?.record)
    fixture.store.contents.rows[key]?[id]?.record = Record(
      id: id, version: stored.version, body: stored.body.merging(more))
    for (method, purpose) in [("get", "handling"), ("extract", "subject_request")] {
      let shown = try fixture.call(method, ["id": .string(id)], purpose: purpose)
      for (name, value) in more { #expect(shown[name] == value) }
    }
  }

  @Test("only whoever may reach the station proposes there")
  func scope() throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.call("propose", Fixture.proposal(.bailPendingTrial), as: Fixture.other)
    }
    #expect(error?.kind == .denied)
    let id = try fixture.propose()
    let denied = #expect(throws: RPCError.self) {
      try fixture.call("verify_instrument", ["id": .string(id), "seen": "original"], as: Fixture.other)
    }
    #expect(denied?.kind == .denied)
  }

  @Test("each write answers with a header and no person in it")
  func header() throws {
    let fixture = try Fixture()
    let answer = try fixture.call("propose", Fixture.proposal(.bailPendingTrial))
    #expect(
      answer.objectValue?.keys.sorted() == ["id", "next_review", "state", "task", "to", "version"])
  }
}
