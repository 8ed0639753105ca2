import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Four eyes")
struct FourEyesTests {
  @Test("four eyes: who proposed, verified or asked does not approve")
  func fourEyes() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.verify(id)
    // Who asked cannot even decide.
    let own = #expect(throws: RPCError.self) { try fixture.approve(approval, as: Fixture.li) }
    #expect(own?.rule == "approval.second_person")
    let early = #expect(throws: RPCError.self) { try fixture.call("activate", ["id": .string(id)]) }
    #expect(
      early?.kind == .approvalRequired && early?.rule == "keyperson.four_eyes" && early?.pointer == "/id")
    // Nor can who proposed.
    let proposer = #expect(throws: RPCError.self) { try fixture.approve(approval, as: Fixture.wang) }
    #expect(proposer?.kind == .refusedByRule && proposer?.rule == "approval.second_person")
    #expect(fixture.state(id) == .instrumentVerified)
    try fixture.approve(approval)
    try fixture.call("activate", ["id": .string(id)])
    #expect(fixture.state(id) == .active)
  }

  @Test("one officer alone can enter nobody")
  func alone() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.call("verify_instrument", ["id": .string(id), "seen": "original"])["approval"]?
      .stringValue
    let error = #expect(throws: RPCError.self) { try fixture.approve(approval ?? "", as: Fixture.wang) }
    #expect(error?.rule == "approval.second_person")
  }

  @Test("whom a request is about is told to nobody who reads, lists or decides it")
  func aboutIsHidden() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.verify(id)
    let stored = fixture.store.contents.rows["approval.request"]?[approval]?.record
    #expect(stored?["about"] == .string(id))
    let read = try fixture.store.call("approval.get", ["id": .string(approval)], as: Fixture.zhao)
    #expect(read["payload"] != nil && read["about"] == nil)
    let listed = try fixture.store.call("approval.list", [:], as: Fixture.zhao)["items"]?.arrayValue ?? []
    #expect(listed.map { $0["id"] } == [.string(approval)] && listed.allSatisfy { $0["about"] == nil })
    let decided = try fixture.store.call(
      "approval.approve", ["id": .string(approval), "version": 1], as: Fixture.zhao)
    #expect(decided["state"] == "approved" && decided["about"] == nil)
  }

  @Test("an approval is over at its end, also while the deadline has not fired", arguments: [false, true])
  func expired(_ isApproved: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.verify(id)
    if isApproved { try fixture.approve(approval) }
    fixture.store.now = Fixture.at("2026-03-05T09:00:00+08:00")
    let state = fixture.store.contents.rows["approval.request"]?[approval]?.record["state"]
    #expect(state == (isApproved ? "approved" : "pending"), "the deadline is still to fire")
    let error = #expect(throws: RPCError.self) {
      if isApproved {
        try fixture.call("activate", ["id": .string(id)])
      } else {
        try fixture.approve(approval)
      }
    }
    #expect(error?.kind == .expired)
  }

  static let fourth = Principal.of(Fixture.station, uid: 2004)

  @Test("who verified does not approve, also where somebody else verified again")
  func verifiedTwice() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    _ = try fixture.verify(id)
    let seen: JSONObject = ["id": .string(id), "seen": "original"]
    let approval =
      try fixture.call("verify_instrument", seen, as: Fixture.zhao)["approval"]?.stringValue ?? ""
    for person in [Fixture.wang, Fixture.li, Fixture.zhao] {
      let error = #expect(throws: RPCError.self) { try fixture.approve(approval, as: person) }
      #expect(error?.rule == "approval.second_person")
    }
    try fixture.approve(approval, as: Self.fourth)
    try fixture.call("activate", ["id": .string(id)])
    #expect(fixture.state(id) == .active)
  }

  @Test("asking again, for an entry or a renewal, takes the former request back", arguments: [false, true])
  func askedTwice(_ isRenewal: Bool) throws {
    let fixture = try Fixture()
    let id = isRenewal ? try fixture.enter() : try fixture.propose()
    if isRenewal { try fixture.advance("2026-03-20T09:00:00+08:00") }
    var params = isRenewal ? LifeCycleTests.renewal : ["seen": "original"]
    params["id"] = .string(id)
    func ask() throws -> JSONValue {
      try fixture.call(isRenewal ? "renew.request" : "verify_instrument", params, as: Self.fourth)
    }
    let (first, second) = (try ask(), try ask())
    #expect(first["task"] == second["task"] && fixture.tasks(id, .approve).count == 1)
    let error = #expect(throws: RPCError.self) { try fixture.approve(first["approval"]?.stringValue ?? "") }
    #expect(error?.kind == .wrongState && error?.details?["state"] == "superseded")
    try fixture.approve(second["approval"]?.stringValue ?? "")
    try fixture.call(isRenewal ? "renew" : "activate", ["id": .string(id)])
    #expect(fixture.state(id) == (isRenewal ? .renewed : .active))
  }

  @Test("who proposed or verified the entry does not approve a renewal that another asks for")
  func renewal() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-20T09:00:00+08:00")
    var params = LifeCycleTests.renewal
    params["id"] = .string(id)
    let approval =
      try fixture.call("renew.request", params, as: Self.fourth)["approval"]?.stringValue ?? ""
    for person in [Fixture.wang, Fixture.li, Self.fourth] {
      let error = #expect(throws: RPCError.self) { try fixture.approve(approval, as: person) }
      #expect(error?.rule == "approval.second_person")
    }
    try fixture.approve(approval)
    try fixture.call("renew", ["id": .string(id)])
    #expect(fixture.state(id) == .renewed)
  }

  @Test("a record of before tells its last verifier, and no more than nineteen can verify one")
  func verifiers() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    _ = try fixture.verify(id)
    var body = try #require(fixture.body(id))
    #expect(KeyRecord(body)?.verifiers == [Fixture.li.person])
    body["verifiers"] = nil
    #expect(KeyRecord(body)?.verifiers == [])
    body["verified_by"] = "st-01/7"
    #expect(KeyRecord(body)?.verifiers == ["st-01/7"])
    let seen: JSONObject = ["id": .string(id), "seen": "original"]
    for uid in 3001..<3019 {
      try fixture.call("verify_instrument", seen, as: .of(Fixture.station, uid: UInt32(uid)))
    }
    let error = #expect(throws: RPCError.self) {
      try fixture.call("verify_instrument", seen, as: .of(Fixture.station, uid: 3019))
    }
    #expect(error?.rule == "keyperson.four_eyes" && error?.pointer == "/id")
    _ = try fixture.verify(id)
  }

  @Test("a correction after the approval was asked for makes it void")
  func changedMeanwhile() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.verify(id)
    try fixture.call(
      "correct", ["id": .string(id), "id_number": .string(Fixture.otherNumber), "document": "letter 1"])
    try fixture.approve(approval)
    let error = #expect(throws: RPCError.self) { try fixture.call("activate", ["id": .string(id)]) }
    #expect(error?.kind == .approvalRequired)
  }

  @Test(
    "who corrected whom it is about does not approve the entry", arguments: ["name", "id_number", "phone"])
  func corrector(_ member: String) throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    _ = try fixture.verify(id)
    let values: JSONObject = [
      "name": "赵六", "id_number": .string(Fixture.otherNumber), "phone": "137 0000 0000",
    ]
    var params: JSONObject = ["id": .string(id), "document": "letter 1"]
    params[member] = values[member]
    try fixture.call("correct", params, as: Fixture.zhao)
    let approval = try fixture.verify(id)
    if member == "phone" {
      try fixture.approve(approval)
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.approve(approval) }
      #expect(error?.rule == "approval.second_person")
      try fixture.approve(approval, as: Self.fourth)
    }
    try fixture.call("activate", ["id": .string(id)])
    #expect(fixture.state(id) == .active)
  }

  /// What is corrected before or after the entry, and whether that is whom the record is about.
  static let corrected: [(member: String, isEntered: Bool, isWhom: Bool)] = [
    ("name", false, true), ("id_number", false, true), ("name", true, true), ("phone", true, false),
  ]

  @Test("who corrected whom it is about does not approve a renewal", arguments: corrected)
  func correctorOfRenewed(_ member: String, _ isEntered: Bool, _ isWhom: Bool) throws {
    let fixture = try Fixture()
    let fifth = Principal.of(Fixture.station, uid: 2005)
    let id = try fixture.propose()
    let values: JSONObject = [
      "name": "王晓明", "id_number": .string(Fixture.otherNumber), "phone": "137 0000 0000",
    ]
    func correct() throws {
      var params: JSONObject = ["id": .string(id), "document": "letter 1"]
      params[member] = values[member]
      try fixture.call("correct", params, as: Fixture.zhao)
    }
    if !isEntered { try correct() }
    try fixture.approve(try fixture.verify(id), as: Self.fourth)
    try fixture.call("activate", ["id": .string(id)])
    if isEntered { try correct() }
    try fixture.advance("2026-03-20T09:00:00+08:00")
    var params = LifeCycleTests.renewal
    params["id"] = .string(id)
    let approval = try fixture.call("renew.request", params)["approval"]?.stringValue ?? ""
    if isWhom {
      let error = #expect(throws: RPCError.self) { try fixture.approve(approval) }
      #expect(error?.rule == "approval.second_person")
    }
    try fixture.approve(approval, as: isWhom ? fifth : Fixture.zhao)
    try fixture.call("renew", ["id": .string(id)])
    #expect(fixture.state(id) == .renewed)
  }

  @Test("no more than twenty can have proposed, verified or corrected what is entered")
  func correctors() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    func correct(_ uid: UInt32) throws {
      try fixture.call(
        "correct", ["id": .string(id), "name": .string("王\(uid)"), "document": "letter"],
        as: .of(Fixture.station, uid: uid))
    }
    for uid in 3001...3003 { try correct(UInt32(uid)) }
    // Whom it is about is not said a fourth time: by refusals one could go through a list.
    let fourth = #expect(throws: RPCError.self) { try correct(3004) }
    #expect(fourth?.rule == "keyperson.correction" && fourth?.pointer == "/id")
    try fixture.call("correct", ["id": .string(id), "phone": "137 0000 0000", "document": "letter"])
    let verify: JSONObject = ["id": .string(id), "seen": "original"]
    for uid in 4001...4016 {
      try fixture.call("verify_instrument", verify, as: .of(Fixture.station, uid: UInt32(uid)))
    }
    let error = #expect(throws: RPCError.self) {
      try fixture.call("verify_instrument", verify, as: .of(Fixture.station, uid: 4017))
    }
    #expect(error?.rule == "keyperson.four_eyes" && error?.pointer == "/id")
  }

  @Test("what nobody needs any more is not left to be decided")
  func withdrawn() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.verify(id)
    _ = try fixture.delist(id, "error")
    #expect(fixture.store.contents.rows["approval.request"]?[approval]?.record["state"] == "superseded")
    #expect(throws: RPCError.self) { try fixture.approve(approval) }
    // A renewal that the review has overtaken, decided or not.
    for decides in [false, true] {
      let fixture = try Fixture()
      let id = try fixture.enter()
      try fixture.advance("2026-03-20T09:00:00+08:00")
      var params = LifeCycleTests.renewal
      params["id"] = .string(id)
      let renewal = try fixture.call("renew.request", params)["approval"]?.stringValue ?? ""
      if decides { try fixture.approve(renewal) }
      try fixture.call(
        "review", ["id": .string(id), "in_force": true, "needed": true, "next_review": "2026-05-20"])
      #expect(fixture.store.contents.rows["approval.request"]?[renewal]?.record["state"] == "superseded")
    }
  }

  @Test("what is approved says terms and codes, and not who it is")
  func payload() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.verify(id)
    let stored = fixture.store.contents.rows["approval.request"]?[approval]?.record
    #expect(
      stored?["payload"]?.objectValue?.keys.sorted() == [
        "category", "corrections", "from", "next_review", "owner", "purpose", "station", "to",
      ])
    // Approvals are listed, and told by events: what they name is the task.
    #expect(stored?["subject"] == fixture.tasks(id, .approve).first.map(JSONValue.string))
  }

  @Test("an approval of one record is none for another, and serves once")
  func otherApproval() throws {
    let fixture = try Fixture()
    let first = try fixture.enter()
    let second = try fixture.propose(.communityCorrections, ["id_number": .string(Fixture.otherNumber)])
    _ = try fixture.verify(second)
    let error = #expect(throws: RPCError.self) { try fixture.call("activate", ["id": .string(second)]) }
    #expect(error?.kind == .approvalRequired)
    #expect(fixture.state(first) == .active && fixture.state(second) == .instrumentVerified)
  }

  @Test("an approval that expired does not serve")
  func expiredApproval() throws {
    let fixture = try Fixture()
    let id = try fixture.propose()
    let approval = try fixture.verify(id)
    try fixture.approve(approval)
    try fixture.advance("2026-03-05T09:00:00+08:00")
    let error = #expect(throws: RPCError.self) { try fixture.call("activate", ["id": .string(id)]) }
    #expect(error?.rule == "keyperson.four_eyes")
  }
}
