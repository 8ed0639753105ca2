import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Evidence and custody")
struct EvidenceTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("handler and custodian of an item are different people, at its entry and at every move")
  func twoPeople() throws {
    let id = try fixture.receive()
    let params: JSONObject = [
      "kind": "physical", "description": "A knife", "quantity": 1, "condition": "intact", "handler": "a",
      "custodian": "a",
    ]
    expectRefused("transfer.evidence.two_people", "/custodian") {
      try fixture.call("evidence.add", id, params)
    }
    try fixture.add(id)
    expectRefused("transfer.evidence.two_people", "/custodian") {
      try fixture.call("evidence.move", id, ["item": 1, "link": "moved", "custodian": "officer-1"])
    }
    expectRefused("transfer.evidence.two_people", "/custodian") {
      try fixture.call("evidence.move", id, ["item": 1, "link": "moved", "handler": "keeper-1"])
    }
  }

  @Test("a digital item has a digest of SHA-256, and nothing else has one")
  func digest() throws {
    let id = try fixture.receive()
    expectRefused("transfer.evidence.digest", "/sha256") { try fixture.add(id, "digital") }
    expectRefused("transfer.evidence.digest", "/sha256") {
      try fixture.add(id, "physical", sha256: Fixture.digest)
    }
    expectError(.invalidParams, "/sha256") { try fixture.add(id, "digital", sha256: "abcd") }
    expectError(.invalidParams, "/sha256") {
      try fixture.add(id, "digital", sha256: String(repeating: "g", count: 64))
    }
    #expect(try fixture.add(id, "digital", sha256: Fixture.digest) == 1)
  }

  @Test("a case has so many items and no more")
  func limit() throws {
    let fixture = try Fixture(Fixture.rules("transfer.evidence.limit", "items", 2))
    let id = try fixture.receive()
    try fixture.add(id)
    try fixture.add(id)
    expectRefused("transfer.evidence.limit", "/id") { try fixture.add(id) }
  }

  @Test("an item that has left the case is neither moved nor counted")
  func released() throws {
    let id = try fixture.receive()
    try fixture.add(id)
    try fixture.add(id)
    try fixture.call("evidence.move", id, ["item": 1, "link": "released", "document": "R-1"])
    expectRefused("transfer.evidence.held", "/item") {
      try fixture.call("evidence.move", id, ["item": 1, "link": "moved"])
    }
    expectError(.notFound, "/item") { try fixture.call("evidence.move", id, ["item": 3, "link": "moved"]) }
    try fixture.screen(id)
    try fixture.call("send", id)
    #expect(fixture.sheet(id).arrayValue?.count == 1)
    try fixture.handOver(id)
    let items = try fixture.get(id)["items"]?.arrayValue
    #expect(items?.map { $0["held"] } == [false, true])
    #expect(items?.map { $0["holder"]?["unit"] } == ["st-02", "public-security-brigade"])
  }

  @Test("evidence that is on its way stands still")
  func still() throws {
    for state in [State.sent, .counted] {
      let id = try fixture.at(state)
      expectError(.wrongState) { try fixture.add(id) }
      expectError(.wrongState) { try fixture.call("evidence.move", id, ["item": 1, "link": "moved"]) }
    }
  }

  static let corrections: [(JSONObject, String)] = [
    (["link": "corrected", "text": "x"], "/quantity"),
    (["link": "corrected", "quantity": 2, "text": "x"], "/quantity"),
    (["link": "corrected", "quantity": 3], "/text"), (["link": "moved", "quantity": 3], "/quantity"),
    (["link": "examined", "sha256": .string(Fixture.digest)], "/sha256"),
    (["link": "collected"], "/link"), (["link": "counted"], "/link"), (["link": "handed_over"], "/link"),
    (["link": "moved"], "/custodian"), (["link": "moved", "custodian": "keeper-1"], "/custodian"),
    (["link": "moved", "condition": "opened"], "/custodian"), (["link": "moved", "item": 0], "/item"),
    (["link": "moved", "custodian": "Mr Li"], "/custodian"),
  ]

  @Test(
    "quantity and digest change by a correction only, which says why and changes something",
    arguments: corrections)
  func corrects(_ more: JSONObject, _ pointer: String) throws {
    let id = try fixture.receive()
    try fixture.add(id)
    var params: JSONObject = ["item": 1]
    for (key, value) in more { params[key] = value }
    expectError(.invalidParams, pointer) { try fixture.call("evidence.move", id, params) }
  }

  /// What moves an item that officer-1 and keeper-1 have; an examination moves it as it is.
  static let moves: [JSONObject] = [
    ["link": "moved", "custodian": "keeper-2"], ["link": "moved", "handler": "officer-2"],
    ["link": "moved", "text": "to the county store"], ["link": "examined"],
  ]

  @Test("a move names other people or another place", arguments: moves)
  func moving(_ more: JSONObject) throws {
    let id = try fixture.receive()
    try fixture.add(id)
    var params: JSONObject = ["item": 1]
    for (key, value) in more { params[key] = value }
    #expect(try fixture.call("evidence.move", id, params)["link"] == "CT-2026-000001.i1.l2")
  }

  static let texts = ["110101199003070011", "１１０１０１ 19900307 0011", "39.9042,116.4074"]

  @Test("what names papers, bureaus and officers tells of nobody: it is kept for ever", arguments: texts)
  func names(_ text: String) throws {
    let given = JSONValue.string(text)
    for (state, method, params, member) in [
      (.received, "evidence.move", ["item": 1, "link": "examined"], "document"),
      (.screened, "notice.issue", [:], "number"),
      (.acceptedUnderDispute, "adjudicate", ["to": "st-02"], "document"),
      (.accepted, "negotiate", [:], "bureau"),
      (.negotiating, "designate", ["number": "D-1", "bureau": "Linhai"], "superior"),
      (.negotiating, "designate", ["superior": "Taishan", "bureau": "Linhai"], "number"),
      (.negotiating, "designate", ["superior": "Taishan", "number": "D-1"], "bureau"),
      (.designated, "jurisdiction.end", [:], "number"),
    ] as [(State, String, JSONObject, String)] {
      let id = try fixture.at(state)
      let version = fixture.version(id)
      var params = params
      params[member] = given
      expectRefused("transfer.text", "/\(member)") { try fixture.call(method, id, params) }
      #expect(fixture.version(id) == version)
    }
    let id = try fixture.at(.screened)
    expectRefused("transfer.text", "/custodian") {
      try fixture.call("evidence.move", id, ["item": 1, "link": "moved", "custodian": "110101199003070011"])
    }
  }

  @Test("the chain is ordered, without a gap, each link naming the one before and its own record")
  func chain() throws {
    let id = try fixture.at(.received)
    try fixture.add(id, "digital", quantity: 1, sha256: Fixture.digest, as: Fixture.station)
    try fixture.call("evidence.move", id, ["item": 1, "link": "examined", "custodian": "lab-1"])
    try fixture.call("evidence.move", id, ["item": 1, "link": "returned", "custodian": "keeper-1"])
    try fixture.screen(id)
    try fixture.call("send", id)
    try fixture.count(id, "giving")
    try fixture.count(id, "receiving")
    try fixture.accept(id, as: Fixture.order)
    let chain = try fixture.call("custody", id, ["item": 1])
    let links = chain["items"]?.arrayValue ?? []
    #expect(links.map { $0["link"] } == ["collected", "examined", "returned", "counted", "handed_over"])
    #expect(links.compactMap { $0["number"]?.intValue } == Array(1...5))
    #expect(chain["links"] == 5)
    for (place, link) in links.enumerated() {
      let record = try #require(link["record"])
      #expect(record["collection"] == "transfer.custody" && record["version"] == 1)
      let stored = try #require(
        fixture.store.contents.rows["transfer.custody"]?[record["id"]?.stringValue ?? ""]?.record)
      #expect(stored.version == 1)
      #expect(link["previous"] == (place == 0 ? nil : links[place - 1]["record"]?["id"]))
    }
    #expect(links[3]["giving"]?["by"] == "uid:7001" && links[3]["receiving"]?["by"] == "uid:7002")
    #expect(links[3]["giving"]?["sha256"] == .string(Fixture.digest))
    #expect(links[4]["from"]?["unit"] == "st-02" && links[4]["to"]?["unit"] == "public-security-brigade")
    #expect(links[0]["by"] == "uid:2001" && links[4]["by"] == "uid:3001")
  }

  @Test("a long chain comes in pages, in both orders")
  func pages() throws {
    let id = try fixture.receive()
    try fixture.add(id)
    for number in 2...7 {
      try fixture.call(
        "evidence.move", id, ["item": 1, "link": "moved", "custodian": .string("keeper-\(number)")])
    }
    for order in ["asc", "desc"] {
      var numbers: [Int] = []
      var cursor: JSONValue?
      repeat {
        var params: JSONObject = ["item": 1, "limit": 3, "order": .string(order)]
        params["cursor"] = cursor
        let page = try fixture.call("custody", id, params)
        numbers += page["items"]?.arrayValue?.compactMap { $0["number"]?.intValue } ?? []
        cursor = page["next"]
      } while cursor != nil
      #expect(numbers == (order == "asc" ? Array(1...7) : Array((1...7).reversed())))
    }
    expectError(.notFound, "/item") { try fixture.call("custody", id, ["item": 2]) }
  }

  @Test("links are records that nothing changes, nor signatures and steps but by the end of the way")
  func immutable() throws {
    let id = try fixture.at(.counted)
    let before = ["signature", "step"].flatMap { fixture.records($0) }
    try fixture.accept(id)
    try fixture.call("dispute", id, ["ground": "jurisdiction", "text": "not ours"])
    try fixture.call("adjudicate", id, ["to": .string(Fixture.brigade)])
    let after = ["signature", "step"].flatMap { fixture.records($0) }
    for record in before {
      var body = after.first { $0.id == record.id }?.body
      body?["ended_at"] = nil
      #expect(body == record.body, "\(record.id)")
    }
    #expect(!fixture.records("custody").isEmpty)
    for collection in ["custody", "discrepancy"] {
      #expect(fixture.records(collection).allSatisfy { $0.version == 1 }, "\(collection)")
    }
  }
}
