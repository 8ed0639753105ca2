import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Agreement and performance")
struct AgreementTests {
  static let missing: [(pointer: String, rule: String)] =
    [
      "body", "mediator", "parties", "others_present", "time", "place", "cause", "course", "result", "terms",
    ].map { ("/\($0)", "mediation.agreement.items") }
    + [
      ("/performance/by", "mediation.agreement.term"), ("/performance/method", "mediation.agreement.method"),
      ("/signatures", "mediation.agreement.signatures"),
    ]

  @Test("each item that is missing is refused by its rule, with its pointer", arguments: missing)
  func item(_ pointer: String, _ rule: String) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed)
    let key = pointer.split(separator: "/").map(String.init)
    var more: JSONObject = [key[0]: .null]
    if key.count == 2 {
      var performance = Fixture.paper(id)["performance"]?.objectValue ?? [:]
      performance[key[1]] = nil
      more = ["performance": .object(performance)]
    }
    let error = #expect(throws: RPCError.self) { try fixture.step("agreement.record", id, more) }
    #expect(error?.rule == rule && error?.pointer == pointer)
    #expect(error?.message.zh.unicodeScalars.contains(where: \.isASCII) == false)
    #expect(fixture.dispute(id)?.state == .agreed)
    #expect(fixture.store.contents.rows["mediation.agreement"] == nil)
  }

  @Test("without any performance the term is what is missing first; a blank is no text")
  func blank() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed)
    let none = #expect(throws: RPCError.self) {
      try fixture.step("agreement.record", id, ["performance": .null])
    }
    #expect(none?.rule == "mediation.agreement.term" && none?.pointer == "/performance/by")
    let blank = #expect(throws: RPCError.self) { try fixture.step("agreement.record", id, ["cause": "  "]) }
    #expect(blank?.kind == .invalidParams && blank?.pointer == "/cause")
  }

  @Test("what happened is not in the future", arguments: ["time", "signed_at"])
  func future(_ member: String) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed)
    let later = fixture.store.now.adding(milliseconds: 1).text(.shanghai)
    let error = #expect(throws: RPCError.self) { try fixture.step("agreement.record", id, [member: later]) }
    #expect(error?.rule == "mediation.time" && error?.pointer == "/\(member)")
    try fixture.step("agreement.record", id, [member: fixture.store.now.text(.shanghai)])
  }

  /// What is given as the name of a committee or a court, and whether it is taken.
  static let bodies: [(text: String, isFine: Bool)] = [
    ("Committee No. 12 of Pine Hill, since 2019", true), ("Zhang San 110101199003070011", false),
    ("Sun, 138-0000-0000", false), ("+86 １３８ ００００ ００００", false), ("39.9042, 116.4074", false),
  ]

  @Test("the name of a committee or a court, shown unmasked, tells nobody's number", arguments: bodies)
  func body(_ text: String, _ isFine: Bool) throws {
    let places: [(state: State, method: String, member: String, rule: String)] = [
      (.registered, "hand_over.propose", "body", "mediation.hand_over"),
      (.agreed, "agreement.record", "body", "mediation.agreement.items"),
      (.performing, "court.confirm", "court", "mediation.court.confirmation"),
    ]
    for place in places {
      let fixture = try Fixture()
      let id = try fixture.at(place.state, ["mode": "people"])
      let params: JSONObject = [place.member: .string(text)]
      if isFine {
        try fixture.step(place.method, id, params)
      } else {
        let error = #expect(throws: RPCError.self) { try fixture.step(place.method, id, params) }
        #expect(error?.rule == place.rule && error?.pointer == "/\(place.member)")
      }
    }
  }

  @Test("it names every party, and every side signs: whoever stands by a party may sign for it")
  func signatures() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed)
    func refused(_ more: JSONObject) -> RPCError? {
      #expect(throws: RPCError.self) { try fixture.step("agreement.record", id, more) }
    }
    let one: JSONValue = [.string("\(id).p1")]
    #expect(refused(["parties": one])?.pointer == "/parties")
    #expect(refused(["signatures": one])?.rule == "mediation.agreement.signatures")
    let stranger = refused(["signatures": [.string("\(id).p1"), "MD-2026-999999.p2"]])
    #expect(stranger?.kind == .notFound && stranger?.pointer == "/signatures/1")
    try fixture.step("party.add", id, ["role": "proxy", "name": "Li", "for": .string("\(id).p1")])
    let signed: JSONValue = [.string("\(id).p3"), .string("\(id).p2")]
    #expect(try fixture.step("agreement.record", id, ["signatures": signed])["state"] == "performing")
  }

  /// Born, of the second party; 18 on the day of the signatures, 2 March 2026, or a day later.
  static let offenders: [(born: String, mayGuardianSign: Bool)] = [
    ("1985-06-01", false), ("2008-03-02", false), ("2008-03-03", true), ("2014-01-01", true),
  ]

  @Test("a guardian signs for who is under age; who is of age signs", arguments: offenders)
  func guardian(_ born: String, _ mayGuardianSign: Bool) throws {
    let fixture = try Fixture()
    let offender: JSONValue = ["role": "offender", "name": "Wang Wu", "birth": .string(born)]
    let id = try fixture.people([Fixture.injured, offender])
    try fixture.step("party.add", id, ["role": "guardian", "name": "Wang Er", "for": .string("\(id).p2")])
    try fixture.step("session.record", id, Fixture.attendees(id, "p1", "p2", "p3"))
    let signed: JSONValue = [.string("\(id).p1"), .string("\(id).p3")]
    if mayGuardianSign {
      try fixture.step("agreement.record", id, ["signatures": signed])
    } else {
      let error = #expect(throws: RPCError.self) {
        try fixture.step("agreement.record", id, ["signatures": signed])
      }
      #expect(error?.rule == "mediation.agreement.signatures" && error?.pointer == "/signatures")
      try fixture.step("agreement.record", id)
    }
  }

  /// Born, of the injured party; whether it came to the session as one who needs no guardian; and who of party,
  /// guardian and proxy signs for it.
  static let minors: [(born: String, isAlone: Bool, signers: [String], isSigned: Bool)] = [
    ("2010-06-01", false, ["p1"], false), ("2010-06-01", false, ["p4"], false),
    ("2010-06-01", false, ["p3"], true), ("2010-06-01", false, ["p1", "p3"], true),
    // Who says so under 16 needs one all the same.
    ("2010-06-01", true, ["p1"], false), ("2009-06-01", false, ["p1"], false),
    ("2009-06-01", true, ["p1"], true), ("2009-06-01", true, ["p4"], true),
    ("1990-06-01", false, ["p1"], true),
  ]

  @Test("for whom the session needed a guardian, the guardian signs", arguments: minors.indices)
  func minor(_ index: Int) throws {
    let (born, isAlone, signers, isSigned) = Self.minors[index]
    let fixture = try Fixture()
    let injured: JSONValue = ["role": "injured", "name": "Zhang San", "birth": .string(born)]
    let id = try fixture.people([injured, Fixture.offender])
    for role in ["guardian", "proxy"] {
      try fixture.step(
        "party.add", id, ["role": .string(role), "name": .string("Li \(role)"), "for": .string("\(id).p1")])
    }
    var young: JSONObject = ["person": .string("\(id).p1")]
    if isAlone { young = young.merging(["self_supporting": true, "agrees_alone": true]) }
    let others = ["p2", "p3"].map { person -> JSONValue in ["person": .string("\(id).\(person)")] }
    try fixture.step("session.record", id, ["attendees": .array([.object(young)] + others)])
    let signatures = JSONValue.array((signers + ["p2"]).map { .string("\(id).\($0)") })
    guard !isSigned else {
      let signed = try fixture.step("agreement.record", id, ["signatures": signatures])
      #expect(signed["state"] == "performing")
      return
    }
    let error = #expect(throws: RPCError.self) {
      try fixture.step("agreement.record", id, ["signatures": signatures])
    }
    #expect(error?.rule == "mediation.agreement.signatures" && error?.pointer == "/signatures")
  }

  static let days: [(by: String, isFine: Bool)] = [
    ("2026-03-01", false), ("2026-03-02", true), ("2026-03-03", true),
  ]

  @Test("the day of performance is not before that of the signatures", arguments: days)
  func day(_ by: String, _ isFine: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed)
    let more: JSONObject = ["performance": ["by": .string(by), "method": "cash"]]
    if isFine {
      try fixture.step("agreement.record", id, more)
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.step("agreement.record", id, more) }
      #expect(error?.rule == "mediation.agreement.term" && error?.pointer == "/performance/by")
    }
  }

  @Test("it is kept as it was recorded")
  func kept() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.performing)
    let shown = try fixture.get(id)["agreement"]
    for (key, value) in Fixture.paper(id) { #expect(shown?[key] == value, "\(key)") }
    #expect(shown?["signed_at"] == "2026-03-02T09:00:00.000+08:00" && shown?["mode"] == "police")
  }

  static let performed: [(at: String, late: Bool)] = [
    ("2026-03-20T23:59:00+08:00", false), ("2026-03-21T00:00:00+08:00", true),
    ("2026-03-21T00:01:00+08:00", true),
  ]

  @Test(
    "it is performed until the end of the day that it names; later it is late, and performed",
    arguments: performed)
  func late(_ at: String, _ late: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.performing)
    try fixture.set(at)
    let header = try fixture.step("performance.record", id)
    #expect(header["state"] == "performed")
    #expect(header["late"] == (late ? ["performance"] : []))
    #expect(header["next_limit"] == "visit")
  }

  @Test("in parts it is performed when all is; a part moves nothing")
  func parts() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.performing)
    for _ in 0..<3 {
      #expect(try fixture.step("performance.record", id, ["outcome": "part"])["state"] == "performing")
    }
    #expect(try fixture.step("performance.record", id)["state"] == "performed")
  }

  @Test("not performed: the case clock starts that day")
  func notPerformed() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.performing)
    try fixture.set("2026-03-21T10:00:00+08:00")
    let header = try fixture.step("performance.record", id, ["outcome": "none"])
    #expect(header["state"] == "failed" && header["failed_for"] == "not_performed")
    #expect(header["next_limit"] == "case")
    // 30 days from 21 March: 20 April, a Monday.
    #expect(header["next_due"] == "2026-04-21T00:00:00.000+08:00")
    #expect(header["late"] == ["performance"])
  }

  @Test("a visit is due in a local time; whatever it finds, it is a visit")
  func visit() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.performed)
    // 15 days from 2 March: 17 March.
    #expect(fixture.dispute(id)?.limits[.visit]?.end == Fixture.instant("2026-03-18T00:00:00+08:00"))
    let header = try fixture.step("visit.record", id, ["settled": false, "note": "they still shout"])
    #expect(header["state"] == "visited" && header["settled"] == false)
    let advised = #expect(throws: RPCError.self) { try fixture.step("close", id, ["advice": "court"]) }
    #expect(advised?.rule == "mediation.close.advice" && advised?.pointer == "/advice")
    #expect(try fixture.step("close", id)["state"] == "closed")
    #expect(fixture.dispute(id)?.outcome == .performed)
  }

  @Test("what belongs to a dispute that ended is kept as long as the dispute")
  func retention() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.closed)
    let ended = fixture.store.contents.rows["mediation.dispute"]?[id]?.record["ended_at"]
    #expect(ended == "2026-03-02T09:00:00.000+08:00")
    for (collection, count) in [("party", 2), ("session", 1), ("call", 1), ("agreement", 1)] {
      let rows = fixture.store.contents.rows["mediation.\(collection)"] ?? [:]
      #expect(
        rows.count == count && rows.values.allSatisfy { $0.record["ended_at"] == ended }, "\(collection)")
    }
  }
}
