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
    #expect(stored?["subject"] == .string(id))
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
