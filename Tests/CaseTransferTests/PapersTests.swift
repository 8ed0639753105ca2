import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Papers")
struct PapersTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private func criminal() throws -> String {
    let id = try fixture.receive("criminal", as: Fixture.station)
    try fixture.screen(id, to: "criminal-brigade", as: Fixture.station)
    return id
  }

  @Test("a criminal case is sent with the chief's approval and the notice, in this order")
  func order() throws {
    let id = try criminal()
    expectRefused("transfer.criminal.approval", "/id") { try fixture.call("send", id) }
    expectRefused("transfer.criminal.approval", "/id", kind: .approvalRequired) {
      try fixture.call("notice.issue", id, ["number": "T-1"])
    }
    let request = try fixture.call("approval.request", id, as: Fixture.station)
    #expect(request["state"] == "approval")
    expectRefused("transfer.criminal.approval", "/id", kind: .approvalRequired) {
      try fixture.call("approval.approve", id)
    }
    expectError(.wrongState) { try fixture.call("send", id) }
    try fixture.store.call(
      "approval.approve", ["id": request["approval"] ?? .null, "version": 1], as: Fixture.chief)
    expectRefused("transfer.criminal.approval", "/id", kind: .approvalRequired) {
      try fixture.call("notice.issue", id, ["number": "T-1"])
    }
    try fixture.call("approval.approve", id, as: Fixture.station)
    expectRefused("transfer.criminal.approval", "/id") { try fixture.call("approval.approve", id) }
    expectRefused("transfer.criminal.approval", "/id") { try fixture.call("approval.request", id) }
    try fixture.call("notice.issue", id, ["number": "T-1"], as: Fixture.station)
    #expect(try fixture.call("send", id, as: Fixture.station)["state"] == "sent")
    let shown = try fixture.get(id)
    #expect(shown["approval"]?["approved_by"] == "uid:9001" && shown["notice"]?["number"] == "T-1")
  }

  @Test("who asks does not approve")
  func secondPerson() throws {
    let id = try criminal()
    let request = try fixture.call("approval.request", id, as: Fixture.station)["approval"] ?? .null
    expectRefused("approval.second_person", "/id") {
      try fixture.store.call("approval.approve", ["id": request, "version": 1], as: Fixture.station)
    }
  }

  @Test("the chief sees what is to be approved, and it names no person")
  func payload() throws {
    let id = try criminal()
    let request = try fixture.call("approval.request", id)["approval"] ?? .null
    let shown = try fixture.store.call("approval.get", ["id": request])
    #expect(
      shown["payload"]
        == [
          "case": .string(id), "leg": 1, "kind": "criminal", "from": "st-02", "to": "criminal-brigade",
        ])
    #expect(shown["subject"] == .string(id) && shown["action"] == "transfer.approve")
  }

  @Test("an approval for one receiver is none for another")
  func otherReceiver() throws {
    let id = try criminal()
    let request = try fixture.call("approval.request", id)["approval"] ?? .null
    try fixture.store.call("approval.approve", ["id": request, "version": 1], as: Fixture.chief)
    try fixture.screen(id, to: "cyber-brigade")
    expectError(.wrongState) { try fixture.call("approval.approve", id) }
    let second = try fixture.call("approval.request", id)["approval"] ?? .null
    #expect(second != request)
    expectRefused("transfer.criminal.approval", "/id", kind: .approvalRequired) {
      try fixture.call("approval.approve", id)
    }
  }

  static let expiry: [(minutes: Int, kind: ErrorKind?)] = [(1439, nil), (1440, .approvalRequired)]

  @Test("an approval that was not taken within its 24 hours is asked for anew", arguments: expiry)
  func expires(_ minutes: Int, _ kind: ErrorKind?) throws {
    let id = try criminal()
    let request = try fixture.call("approval.request", id)["approval"] ?? .null
    try fixture.store.call("approval.approve", ["id": request, "version": 1], as: Fixture.chief)
    try fixture.minutes(minutes)
    guard let kind else {
      try fixture.call("approval.approve", id)
      return
    }
    expectRefused("transfer.criminal.approval", "/id", kind: kind) {
      try fixture.call("approval.approve", id)
    }
    try fixture.approve(id)
  }

  @Test("an administrative case needs no approval, and goes with or without a notice")
  func administrative() throws {
    let id = try fixture.receive()
    try fixture.screen(id)
    expectRefused("transfer.criminal.approval", "/id") { try fixture.call("approval.request", id) }
    #expect(try fixture.call("send", id)["state"] == "sent")
    let second = try fixture.receive()
    try fixture.screen(second)
    try fixture.call("notice.issue", second, ["number": "T-7"])
    #expect(try fixture.call("send", second)["state"] == "sent")
  }

  @Test("without a unit to send it to there is no notice, no approval and no sending")
  func nowhere() throws {
    let id = try fixture.receive("criminal")
    try fixture.call("screen", id, ["jurisdiction": "own"])
    expectRefused("transfer.receiver", "/id") { try fixture.call("notice.issue", id, ["number": "T-1"]) }
    expectRefused("transfer.receiver", "/id") { try fixture.call("approval.request", id) }
    expectRefused("transfer.receiver", "/id") { try fixture.call("send", id) }
    let stays = try fixture.at(.adjudicated)
    expectRefused("transfer.receiver", "/id") { try fixture.call("send", stays) }
  }

  @Test("an urgent case is sent at once; approval and notice are recorded before or after, and hold nothing")
  func urgent() throws {
    let id = try fixture.receive("criminal", facts: ["missing_age": 5], as: Fixture.station)
    #expect(try fixture.call("send", id, as: Fixture.station)["state"] == "sent")
    try fixture.minutes(5)
    let request = try fixture.call("approval.request", id, as: Fixture.station)
    #expect(request["state"] == "sent")
    try fixture.handOver(id)
    try fixture.store.call(
      "approval.approve", ["id": request["approval"] ?? .null, "version": 1], as: Fixture.chief)
    // The sender finishes its papers, though another unit owns the case by now.
    #expect(try fixture.call("approval.approve", id, as: Fixture.station)["state"] == "accepted")
    #expect(
      try fixture.call("notice.issue", id, ["number": "T-9"], as: Fixture.station)["state"] == "accepted")
    expectRefused("transfer.criminal.notice", "/id") {
      try fixture.call("notice.issue", id, ["number": "T-10"], as: Fixture.station)
    }
    let item = try fixture.body(id)
    #expect(item.approval?.by == "uid:9001" && item.notice?.number == "T-9")
    #expect(item.duty(.urgent)?.done == Fixture.morning)
  }

  @Test("a notice of an urgent case may come first")
  func urgentNotice() throws {
    let id = try fixture.receive("criminal", facts: ["missing_age": 5])
    #expect(try fixture.call("notice.issue", id, ["number": "T-9"])["state"] == "notice_issued")
    #expect(try fixture.call("approval.request", id)["state"] == "notice_issued")
    #expect(try fixture.call("send", id)["state"] == "sent")
  }

  @Test("papers are the sender's or the owner's, of nobody else")
  func parties() throws {
    let id = try criminal()
    for principal in [Fixture.criminal, Fixture.legal, Principal.of("st-03")] {
      expectError(.denied) { try fixture.call("approval.request", id, as: principal) }
      expectError(.denied) { try fixture.call("notice.issue", id, ["number": "T"], as: principal) }
    }
  }
}
