import StationKit
import Testing

@Suite struct ParamsTests {
  private static let half = (try? JSONParser.parse("0.5")) ?? .null
  private let params = Params([
    "text": "a", "number": 7, "half": half, "none": .null, "at": "1970-01-01T08:00:00.0019+08:00",
  ])

  @Test func `members of the right type are given`() throws {
    #expect(try params.string("text") == "a")
    #expect(try params.int("number") == 7)
    #expect(params["half"] == Self.half)
    #expect(try params.instant("at") == Instant(milliseconds: 1))
  }

  @Test(arguments: ["number", "none", "absent"])
  func `what is no string is refused with its pointer`(key: String) {
    let error = #expect(throws: RPCError.self) { try params.string(key) }
    #expect(error?.kind == .invalidParams && error?.pointer == "/\(key)")
  }

  @Test(arguments: ["text", "number", "none", "absent"])
  func `what is no instant is refused with its pointer`(key: String) {
    let error = #expect(throws: RPCError.self) { try params.instant(key) }
    #expect(error?.kind == .invalidParams && error?.pointer == "/\(key)")
  }

  @Test(arguments: ["text", "half", "none", "absent"])
  func `what is no integer is refused with its pointer`(key: String) {
    let error = #expect(throws: RPCError.self) { try params.int(key) }
    #expect(error?.kind == .invalidParams && error?.pointer == "/\(key)")
  }
}

@Suite struct PrincipalTests {
  private static func principal(_ scope: Scope, actor: String? = nil) -> Principal {
    Principal(uid: 7, gid: 7, roles: [], unit: "a", actor: actor, scope: scope)
  }

  @Test func `a scope of units reaches what belongs to any of them, and nothing without a unit`() {
    let some = Self.principal(.units(["a", "b"]))
    #expect(some.mayReach("a") && some.mayReach("x", "b") && some.mayReach(nil, "a"))
    #expect(!some.mayReach("x") && !some.mayReach(nil) && !some.mayReach())
    #expect(!Self.principal(.units([])).mayReach("a"))
    let all = Self.principal(.all)
    #expect(all.mayReach("x") && all.mayReach(nil) && all.mayReach())
  }

  @Test func `what is out of reach is denied`() {
    let some = Self.principal(.units(["a"]))
    #expect(throws: Never.self) { try some.require("x", "a") }
    #expect(throws: Never.self) { try Self.principal(.all).require(nil) }
    for units in [["x"], [nil], []] as [[String?]] {
      let error = #expect(throws: RPCError.self) {
        switch units.count {
        case 0: try some.require()
        default: try some.require(units[0])
        }
      }
      #expect(error?.kind == .denied)
    }
  }

  @Test func `one person has one name, and an officer cannot pass for a uid`() {
    #expect(Self.principal(.all).person == "uid:7")
    #expect(Self.principal(.all, actor: "007").person == "actor:007")
    #expect(Self.principal(.all, actor: "uid:7").person != Self.principal(.all).person)
  }

  @Test(arguments: ["actor:Officer 1", "actor:officer 1", "actor:ＯＦＦＩＣＥＲ1", "actor: officer  1"])
  func `whoever asked is the same person again, however the name is written`(person: String) {
    #expect(Self.principal(.all, actor: "Officer 1").isSame(as: person))
  }

  @Test(arguments: ["uid:7", "uid:8", "actor:officer 2", "actor:7", "actor:uid:7"])
  func `another name is another person, also through the same front end`(person: String) {
    #expect(!Self.principal(.all, actor: "Officer 1").isSame(as: person))
    // A front end itself is none of its officers.
    #expect(!Self.principal(.all).isSame(as: "actor:Officer 1"))
  }
}
