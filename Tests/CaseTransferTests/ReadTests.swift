import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Reads and lists")
struct ReadTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("personal data is shown to the units of the case and the legal department; the desk sees the rest")
  func scope() throws {
    let id = try fixture.at(.sent)
    for principal in [Fixture.station, Fixture.order, Fixture.legal] {
      #expect(try fixture.call("get", id, as: principal)["reporter"]?["name"] == "王小明")
      #expect(try fixture.call("history", id, as: principal)["items"] != nil)
      #expect(try fixture.call("custody", id, ["item": 1], as: principal)["links"] == 1)
    }
    for method in ["get", "history"] {
      expectError(.denied) { try fixture.call(method, id, as: Fixture.coordination) }
      expectError(.denied) { try fixture.call(method, id, as: .of("st-03")) }
    }
    for method in ["ownership", "explain"] {
      try fixture.call(method, id, as: Fixture.coordination)
      expectError(.denied) { try fixture.call(method, id, as: .of("st-03")) }
    }
  }

  @Test("a unit that was to receive the case and is no longer loses sight of it")
  func formerReceiver() throws {
    let id = try fixture.receive()
    try fixture.screen(id)
    try fixture.call("get", id, as: Fixture.order)
    try fixture.screen(id, to: "traffic-brigade")
    expectError(.denied) { try fixture.call("get", id, as: Fixture.order) }
  }

  @Test("answers of writes, lists, events and custody hold no personal data")
  func nothingPersonal() throws {
    let secret = ["A brawl", "王小明", "13800005678", "A knife", "not ours", "private"]
    var answers: [String] = []
    for state in State.allCases {
      let id = try fixture.at(state)
      if state != .jurisdictionEnded {
        answers.append(
          try fixture.call("urgent_step", id, ["measure": "other", "text": "private"]).encodedString)
      }
      for method in ["ownership", "explain"] { answers.append(try fixture.call(method, id).encodedString) }
      if fixture.records("item").contains(where: { $0["case"]?.stringValue == id }) {
        answers.append(try fixture.call("custody", id, ["item": 1]).encodedString)
      }
    }
    answers.append(try fixture.store.call("transfer.list", ["limit": 100]).encodedString)
    answers.append(try fixture.store.call("transfer.figures", [:]).encodedString)
    answers += fixture.store.contents.events.map { JSONValue.object($0.payload).encodedString }
    for word in secret { #expect(!answers.contains { $0.contains(word) }, "\(word)") }
  }

  @Test("what is stored of a person is in members that are declared personal")
  func stored() throws {
    let module = try CaseTransfer.module(configuration: Fixture.rules)
    _ = try fixture.at(.adjudicated)
    _ = try fixture.at(.discrepancy)
    let secret = ["A brawl", "王小明", "13800005678", "A knife", "not ours"]
    for collection in module.collections {
      for record in fixture.records(collection.name) {
        var body = record.body
        for pointer in collection.personal { body[String(pointer.dropFirst())] = nil }
        let text = JSONValue.object(body).encodedString
        for word in secret { #expect(!text.contains(word), "\(collection.name)") }
      }
    }
  }

  @Test("the history is the steps in order, a page at a time")
  func history() throws {
    let id = try fixture.at(.adjudicated)
    var actions: [String] = []
    var cursor: JSONValue?
    repeat {
      var params: JSONObject = ["limit": 4]
      params["cursor"] = cursor
      let page = try fixture.call("history", id, params)
      actions += page["items"]?.arrayValue?.compactMap { $0["action"]?.stringValue } ?? []
      cursor = page["next"]
    } while cursor != nil
    #expect(
      actions == [
        "receive", "add_evidence", "screen", "issue_notice", "send", "sign", "count", "accept", "dispute",
        "adjudicate",
      ])
    #expect(try fixture.get(id)["steps"] == 10)
  }

  private func list(_ params: JSONObject, as principal: Principal = .all) throws -> [String] {
    try fixture.store.call("transfer.list", params, as: principal)["items"]?.arrayValue?
      .compactMap { $0["id"]?.stringValue } ?? []
  }

  @Test("lists are by owner, by receiver, by first receiver and by state, in the order of receipt")
  func lists() throws {
    let received = try fixture.at(.received)
    let sent = try fixture.at(.sent)
    let accepted = try fixture.at(.accepted)
    let other = try fixture.receive("criminal", unit: "st-03")
    #expect(try list([:]) == [received, sent, accepted, other])
    #expect(try list(["order": "desc"]) == [other, accepted, sent, received])
    #expect(try list(["unit": "st-02"]) == [received, sent])
    #expect(try list(["origin": "st-02"]) == [received, sent, accepted])
    #expect(try list(["receiver": .string(Fixture.brigade)]) == [sent])
    #expect(try list(["unit": .string(Fixture.brigade)]) == [accepted])
    #expect(try list(["state": "received"]) == [received, other])
    #expect(try list(["state": "received", "unit": "st-03"]) == [other])
    #expect(try list(["kind": "criminal"]) == [other])
    #expect(try list(["urgent": true]).isEmpty)
    #expect(try list(["origin": "st-02", "state": "accepted"]) == [accepted])
  }

  @Test("a list reaches the caller's units; the legal department and the desk see all")
  func listScope() throws {
    let own = try fixture.at(.received)
    let sent = try fixture.at(.sent)
    _ = try fixture.receive(unit: "st-03")
    #expect(try list([:], as: Fixture.station) == [own, sent])
    #expect(try list([:], as: Fixture.legal).count == 3)
    #expect(try list([:], as: Fixture.coordination).count == 3)
    #expect(try list(["receiver": .string(Fixture.brigade)], as: Fixture.order) == [sent])
    expectError(.denied) { _ = try list(["unit": "st-03"], as: Fixture.station) }
    let nobody = Principal(uid: 1, gid: 1, roles: [], unit: nil, scope: .units([]))
    expectError(.denied) { _ = try list([:], as: nobody) }
  }

  @Test("pages hold every case once, also while cases come in")
  func pages() throws {
    var ids: [String] = []
    for _ in 0..<7 {
      ids.append(try fixture.receive())
      try fixture.minutes(1)
    }
    var seen: [String] = []
    var cursor: JSONValue?
    repeat {
      var params: JSONObject = ["unit": "st-02", "limit": 3]
      params["cursor"] = cursor
      let page = try fixture.store.call("transfer.list", params)
      seen += page["items"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
      cursor = page["next"]
      if seen.count == 3 { _ = try fixture.receive(unit: "st-03") }
    } while cursor != nil
    #expect(seen == ids)
  }
}
