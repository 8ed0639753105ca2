import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Counting")
struct CountingTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// A sent case with two knives and a recording.
  private func sent() throws -> String {
    let id = try fixture.receive()
    try fixture.add(id, quantity: 2)
    try fixture.add(id, "digital", quantity: 1, sha256: Fixture.digest)
    try fixture.screen(id)
    try fixture.call("send", id)
    return id
  }

  @Test("both sides sign in calls of their own, and agree: counted, with both counts kept")
  func clean() throws {
    let id = try sent()
    let first = try fixture.count(id, "giving", as: Fixture.station)
    #expect(first["state"] == "sent" && first["result"] == "waiting" && first["round"] == 1)
    expectError(.wrongState) { try fixture.accept(id, as: Fixture.order) }
    let second = try fixture.count(id, "receiving", as: Fixture.order)
    #expect(second["state"] == "counted" && second["result"] == "clean" && second["differences"] == [])
    let signatures = fixture.records("signature")
    #expect(signatures.map { $0["by"] } == ["uid:2001", "uid:3001"])
    #expect(signatures.map { $0["unit"] } == ["st-02", "public-security-brigade"])
    #expect(signatures.allSatisfy { $0.version == 1 && $0["items"]?.arrayValue?.count == 2 })
    #expect(fixture.records("discrepancy").isEmpty)
  }

  @Test("the order of the two signatures does not matter")
  func order() throws {
    let id = try sent()
    try fixture.count(id, "receiving", as: Fixture.order)
    #expect(try fixture.count(id, "giving", as: Fixture.colleague)["state"] == "counted")
  }

  @Test("one person does not sign for both sides, nor one side twice, nor a side for the other")
  func signatories() throws {
    let id = try sent()
    let both = Principal(
      uid: 8001, gid: 8001, roles: [], unit: "st-02", scope: .units(["st-02", "public-security-brigade"]))
    try fixture.count(id, "giving", as: both)
    expectRefused("transfer.count.two_persons", "/side") { try fixture.count(id, "receiving", as: both) }
    expectRefused("transfer.count.once", "/side") { try fixture.count(id, "giving", as: Fixture.colleague) }
    expectError(.denied) { try fixture.count(id, "receiving", as: Fixture.station) }
    expectError(.denied) { try fixture.count(id, "giving", as: Fixture.order) }
    expectError(.denied) { try fixture.count(id, "receiving", as: Fixture.legal) }
    #expect(fixture.records("signature").count == 1)
  }

  @Test("a front end's officers are different people, and one officer at two machines is one")
  func actors() throws {
    let id = try sent()
    func officer(_ name: String, uid: UInt32) -> Principal {
      Principal(uid: uid, gid: 1, roles: [], unit: nil, actor: name, scope: .all)
    }
    try fixture.count(id, "giving", as: officer("wang", uid: 1))
    for (name, uid) in [("wang", 2), ("Wang ", 2)] as [(String, UInt32)] {
      expectRefused("transfer.count.two_persons", "/side") {
        try fixture.count(id, "receiving", as: officer(name, uid: uid))
      }
    }
    #expect(try fixture.count(id, "receiving", as: officer("li", uid: 1))["state"] == "counted")
  }

  static let sheets: [(name: String, rule: String, pointer: String)] = [
    ("an item left out", "transfer.count.complete", "/items"),
    ("an item twice", "transfer.count.complete", "/items/2/item"),
    ("an item that is not there", "transfer.count.complete", "/items/2/item"),
    ("no digest", "transfer.evidence.digest", "/items/1/sha256"),
    ("a digest of a knife", "transfer.evidence.digest", "/items/0/sha256"),
  ]

  @Test("a count has every item once, and digests where they belong", arguments: sheets)
  func sheet(_ name: String, _ rule: String, _ pointer: String) throws {
    let id = try sent()
    var lines = fixture.sheet(id).arrayValue ?? []
    switch name {
    case "an item left out": lines.removeLast()
    case "an item twice": lines.append(lines[0])
    case "an item that is not there": lines.append(["item": 3, "quantity": 0, "condition": "intact"])
    case "no digest": lines[1] = ["item": 2, "quantity": 1, "condition": "sealed"]
    default:
      lines[0] = ["item": 1, "quantity": 2, "condition": "sealed", "sha256": .string(Fixture.digest)]
    }
    expectRefused(rule, pointer) { try fixture.count(id, "giving", .array(lines)) }
    #expect(fixture.records("signature").isEmpty)
  }

  static let differences: [(registered: Counted, giving: Counted, receiving: Counted, found: [Difference])] =
    [
      (two(), two(), two(), []),
      (two(), two(), two(1), [.shortage]), (two(), two(1), two(), [.shortage]),
      (two(), two(1), two(1), [.shortage]),
      (two(), two(0), two(3), [.shortage, .surplus]), (two(), two(3), two(3), [.surplus]),
      (two(), two(2, .opened), two(), [.condition]), (two(), two(2, .opened), two(2, .opened), []),
      (two(), two(1, .opened), two(2, .damaged), [.shortage, .condition]),
      (file("ab"), file("ab"), file("ab"), []), (file("ab"), file("AB"), file("ab"), []),
      (file("ab"), file("ab"), file("cd"), [.digest]), (file("ab"), file("cd"), file("ab"), [.digest]),
      (file("ab"), file("cd"), file("cd"), [.digest]), (two(0), two(0), two(0), []),
    ]

  private static func two(_ quantity: Int = 2, _ condition: Condition = .sealed) -> Counted {
    Counted(quantity: quantity, condition: condition)
  }

  private static func file(_ byte: String) -> Counted {
    Counted(quantity: 1, condition: .intact, sha256: String(repeating: byte, count: 32))
  }

  @Test(
    "a shortage, a surplus and another digest differ from the register on either side", arguments: differences
  )
  func difference(
    _ registered: Counted, _ giving: Counted, _ receiving: Counted, _ found: [Difference]
  ) {
    #expect(Counted.differences(registered: registered, giving: giving, receiving: receiving) == found)
  }

  @Test("only a difference in condition does not hold the acceptance up")
  func blocking() { #expect(Difference.allCases.filter { !$0.blocks } == [.condition]) }

  @Test(
    "a shortage is a discrepancy: not accepted, told to both and the desk, both counts and signatures stay")
  func shortage() throws {
    let id = try sent()
    try fixture.count(id, "giving", as: Fixture.station)
    let short = fixture.sheet(id) { if $0 == 1 { $1["quantity"] = 1 } }
    let answer = try fixture.count(id, "receiving", short, as: Fixture.order)
    #expect(answer["state"] == "discrepancy" && answer["result"] == "discrepancy")
    #expect(answer["differences"] == [["item": 1, "codes": ["shortage"]]])
    #expect(answer["owner"] == "st-02")
    expectRefused("transfer.evidence.discrepancy", "/id") { try fixture.accept(id, as: Fixture.order) }
    let event = try #require(fixture.events("discrepancy").first)
    #expect(event["items"] == [1])
    for unit: JSONValue in ["st-02", "public-security-brigade", "coordination-desk"] {
      #expect(event["to"]?.arrayValue?.contains(unit) == true)
    }
    let record = try #require(fixture.records("discrepancy").first)
    #expect(record["registered"] == 2 && record["giving"] == 2 && record["receiving"] == 1)
    // The knife is found: another count, and the first one stays as it was.
    let before = fixture.records("signature").map(\.body)
    try fixture.minutes(30)
    #expect(try fixture.count(id, "receiving", as: Fixture.order)["round"] == 2)
    #expect(try fixture.count(id, "giving", as: Fixture.station)["state"] == "counted")
    #expect(Array(fixture.records("signature").map(\.body).prefix(2)) == before)
    #expect(fixture.records("discrepancy").count == 1)
    #expect(try fixture.accept(id, as: Fixture.order)["owner"] == "public-security-brigade")
    #expect(try fixture.get(id)["discrepancies"]?.arrayValue?.count == 1)
  }

  @Test("another digest is a discrepancy, also where both sides find the same one")
  func digest() throws {
    let id = try sent()
    let other = fixture.sheet(id) { if $0 == 2 { $1["sha256"] = .string(Fixture.otherDigest) } }
    try fixture.count(id, "giving", other)
    #expect(try fixture.count(id, "receiving", other)["state"] == "discrepancy")
    #expect(fixture.records("discrepancy").map { $0["code"] } == ["digest"])
  }

  @Test("a difference in condition is recorded, and the case can be accepted")
  func condition() throws {
    let id = try sent()
    try fixture.count(id, "giving")
    let opened = fixture.sheet(id) { if $0 == 1 { $1["condition"] = "opened" } }
    let answer = try fixture.count(id, "receiving", opened)
    #expect(answer["state"] == "counted" && answer["differences"] == [["item": 1, "codes": ["condition"]]])
    #expect(fixture.records("discrepancy").first?["blocks"] == false)
    #expect(fixture.events("discrepancy").isEmpty)
    try fixture.accept(id)
  }

  static let windows: [(minutes: Int, round: Int)] = [(59, 1), (60, 2), (600, 2)]

  @Test("the second signature comes face to face: after an hour the count begins anew", arguments: windows)
  func window(_ minutes: Int, _ round: Int) throws {
    let id = try sent()
    try fixture.count(id, "giving")
    try fixture.minutes(minutes)
    let answer = try fixture.count(id, "receiving")
    #expect(answer["round"] == .int(round))
    #expect(answer["result"] == .string(round == 1 ? "clean" : "waiting"))
    #expect(fixture.records("signature").count == 2)
    if round == 2 { #expect(try fixture.count(id, "giving")["result"] == "clean") }
  }

  @Test("a register that was wrong is corrected by its owner, with a reason, and both see what it was")
  func correction() throws {
    let id = try sent()
    let short = fixture.sheet(id) { if $0 == 1 { $1["quantity"] = 1 } }
    try fixture.count(id, "giving", short)
    #expect(try fixture.count(id, "receiving", short)["state"] == "discrepancy")
    let params: JSONObject = ["item": 1, "link": "corrected", "quantity": 1]
    expectError(.invalidParams, "/text") { try fixture.call("evidence.move", id, params) }
    try fixture.call(
      "evidence.move", id, ["item": 1, "link": "corrected", "quantity": 1, "text": "typed 2"],
      as: Fixture.station)
    try fixture.count(id, "giving")
    #expect(try fixture.count(id, "receiving")["state"] == "counted")
    let links = try fixture.call("custody", id, ["item": 1])["items"]?.arrayValue ?? []
    #expect(links.map { $0["link"] } == ["collected", "differing", "corrected", "counted"])
    #expect(links[2]["was"] == ["quantity": 2] && links[2]["quantity"] == 1)
  }

  @Test("a case without evidence is handed over with two signatures all the same")
  func nothing() throws {
    let id = try fixture.receive()
    try fixture.screen(id)
    try fixture.call("send", id)
    try fixture.count(id, "giving", [])
    try fixture.count(id, "receiving", [])
    #expect(try fixture.call("accept", id)["state"] == "accepted")
  }

  @Test("accepting evidence names its handler and its custodian, two people")
  func holders() throws {
    let id = try sent()
    try fixture.count(id, "giving")
    try fixture.count(id, "receiving")
    expectError(.invalidParams, "/handler") { try fixture.call("accept", id) }
    expectError(.invalidParams, "/custodian") { try fixture.call("accept", id, ["handler": "a"]) }
    expectRefused("transfer.evidence.two_people", "/custodian") {
      try fixture.call("accept", id, ["handler": "a", "custodian": "a"])
    }
    expectError(.denied) { try fixture.accept(id, as: Fixture.station) }
    try fixture.accept(id, as: Fixture.order)
    let item = try fixture.get(id)["items"]?.arrayValue?.first
    #expect(
      item?["holder"]
        == ["unit": "public-security-brigade", "handler": "officer-9", "custodian": "keeper-9"])
  }
}
