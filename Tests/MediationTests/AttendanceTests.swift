import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Attendance")
struct AttendanceTests {
  typealias Attendee = Attendance.Attendee

  /// p1 injured, p2 offender (both grown up), p3 injured minor, p4 their guardian, p5 proxy of p1, p6 other.
  static func attendance(
    minorBorn: String = "2010-03-02", without: Set<String> = [], minorRole: Role = .injured
  ) throws -> Attendance {
    let all: [(id: String, role: Role, represents: String?, born: String?)] = [
      ("p1", .injured, nil, "1990-01-01"), ("p2", .offender, nil, "1985-06-01"),
      ("p3", minorRole, nil, minorBorn), ("p4", .guardian, "p3", "1980-01-01"), ("p5", .proxy, "p1", nil),
    ]
    let there = all.filter { !without.contains($0.id) }
    let rules = try Rules(Fixture.rulesValue)
    return Attendance(
      roster: there.map { Dispute.Person(id: $0.id, role: $0.role, represents: $0.represents, agrees: true) },
      people: there.reduce(into: [:]) { $0[$1.id] = PartyTests.party($1.role, born: $1.born) },
      rules: rules.on(CivilDate(dayNumber: 20_500)))
  }

  static func came(_ ids: String) -> [Attendee] { ids.split(separator: " ").map { Attendee(String($0)) } }

  static let sessions: [(came: String, rule: String?, pointer: String?)] = [
    ("p1 p2 p3 p4", nil, nil), ("p5 p2 p3 p4", nil, nil), ("p1 p5 p2 p3 p4", nil, nil),
    // The injured party may send a proxy, and must do one or the other.
    ("p2 p3 p4", "mediation.session.attendance", "/attendees"),
    // The offender comes in person.
    ("p1 p3 p4", "mediation.session.attendance", "/attendees"),
    ("p5 p3 p4", "mediation.session.attendance", "/attendees"),
    // A minor needs the guardian, who does not stand in for the minor.
    ("p1 p2 p3", "mediation.minor.guardian", "/attendees/2"),
    ("p1 p2 p4", "mediation.session.attendance", "/attendees"),
    ("p1 p2 p3 p4 p3", "mediation.session.attendance", "/attendees/4/person"),
  ]

  @Test("who must be there", arguments: sessions)
  func presence(_ came: String, _ rule: String?, _ pointer: String?) throws {
    let attendance = try Self.attendance()
    let day = try #require(CivilDate("2026-03-01"))
    guard let rule else { return try attendance.check(Self.came(came), on: day) }
    let error = #expect(throws: RPCError.self) { try attendance.check(Self.came(came), on: day) }
    #expect(error?.rule == rule && error?.pointer == pointer)
  }

  /// Born on 2 March 2010: 15 on 1 March 2026, 16 on 2 March 2026, 18 on 2 March 2028.
  static let minors: [(day: String, guardian: Bool, works: Bool, agrees: Bool, isFine: Bool)] = [
    ("2026-03-01", false, true, true, false), ("2026-03-01", true, false, false, true),
    ("2026-03-02", false, true, true, true), ("2026-03-02", false, true, false, false),
    ("2026-03-02", false, false, true, false), ("2026-03-02", true, false, false, true),
    ("2028-03-01", false, false, false, false), ("2028-03-01", false, true, true, true),
    ("2028-03-02", false, false, false, true),
  ]

  @Test("under 18 a guardian attends, unless 16 or over, self-supporting and agreeing", arguments: minors)
  func minor(_ day: String, _ guardian: Bool, _ works: Bool, _ agrees: Bool, _ isFine: Bool) throws {
    for role in [Role.injured, .offender, .other] {
      let attendance = try Self.attendance(minorRole: role)
      var came = Self.came("p1 p2") + [Attendee("p3", selfSupporting: works, agreesAlone: agrees)]
      if guardian { came.append(Attendee("p4")) }
      let date = try #require(CivilDate(day))
      if isFine {
        try attendance.check(came, on: date)
      } else {
        let error = #expect(throws: RPCError.self) { try attendance.check(came, on: date) }
        #expect(error?.rule == "mediation.minor.guardian" && error?.pointer == "/attendees/2")
      }
    }
  }

  @Test("an age that nobody knows is asked for; somebody of another dispute is nobody")
  func unknown() throws {
    let day = try #require(CivilDate("2026-03-01"))
    let attendance = try Self.attendance(minorBorn: "-")
    let error = #expect(throws: RPCError.self) { try attendance.check(Self.came("p1 p2 p3 p4"), on: day) }
    #expect(error?.rule == "mediation.party.age" && error?.pointer == "/attendees/2")
    let stranger = #expect(throws: RPCError.self) { try attendance.check(Self.came("p1 x p3"), on: day) }
    #expect(stranger?.kind == .notFound && stranger?.pointer == "/attendees/1/person")
  }

  static let proxies: [(represents: String, role: String, rule: String?)] = [
    ("p1", "proxy", nil), ("p2", "proxy", "mediation.proxy"), ("p3", "proxy", nil), ("p1", "guardian", nil),
    ("p2", "guardian", nil), ("p4", "proxy", "mediation.party.represents"),
    ("-", "proxy", "mediation.party.represents"),
    ("p1", "other", "mediation.party.represents"),
  ]

  @Test("the injured party may send a proxy, the offender may not", arguments: proxies)
  func proxy(_ represents: String, _ role: String, _ rule: String?) throws {
    let fixture = try Fixture()
    let third: JSONValue = ["role": "other", "name": "Sun", "birth": "1990-01-01"]
    let id = try fixture.at(.registered, ["parties": [Fixture.injured, Fixture.offender, third]])
    try fixture.step("party.add", id, ["role": "guardian", "name": "Li", "for": .string("\(id).p3")])
    var params: JSONObject = ["role": .string(role), "name": "Zhao", "for": .string("\(id).\(represents)")]
    if represents == "-" { params["for"] = .null }
    if let rule {
      let error = #expect(throws: RPCError.self) { try fixture.step("party.add", id, params) }
      #expect(error?.rule == rule && error?.pointer == "/for")
    } else {
      #expect(try fixture.step("party.add", id, params)["people"]?.arrayValue?.count == 5)
    }
  }
}
