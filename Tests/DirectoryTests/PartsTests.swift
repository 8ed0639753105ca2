import Directory
import ModuleTesting
import StationKit
import Testing

/// What a station's teams and room, and the zones that name a unit, ask of it.
@Suite("Stations, their parts and their zones")
struct PartsTests {
  let store: TestStore

  init() throws {
    store = try TestStore(
      [Directory.module()], now: Instant(rfc3339: "2026-03-02T09:00:00+08:00") ?? .earliest)
    try store.call("directory.import", DirectoryTests.organisation)
    store.contents.events = []
  }

  static func name(_ en: String, _ zh: String) -> JSONValue { ["en": .string(en), "zh": .string(zh)] }

  @discardableResult
  func put(
    _ kind: String, _ id: String, _ name: JSONValue = DirectoryTests.unitName, _ more: JSONObject = [:]
  ) throws
    -> JSONValue
  {
    var params: JSONObject = ["id": .string(id), "kind": .string(kind), "name": name, "parent": "bureau"]
    for (key, value) in more { params[key] = value }
    return try store.call("directory.unit.put", params)
  }

  func unit(_ id: String) throws -> JSONValue { try store.call("directory.unit.get", ["id": .string(id)]) }

  /// Lengths of a station's id and names, and the member at fault.
  static let lengths: [(id: Int, en: Int, zh: Int, pointer: String?)] = [
    (54, 103, 123, nil), (55, 1, 1, "/id"), (64, 1, 1, "/id"), (1, 104, 1, "/name/en"),
    (1, 128, 1, "/name/en"),
    (1, 1, 124, "/name/zh"), (1, 1, 128, "/name/zh"),
  ]

  @Test("a station leaves room for the ids and names of its teams and room", arguments: lengths)
  func room(_ id: Int, _ en: Int, _ zh: Int, _ pointer: String?) throws {
    let (id, name) = (
      String(repeating: "s", count: id),
      Self.name(String(repeating: "n", count: en), String(repeating: "所", count: zh))
    )
    if let pointer {
      let error = #expect(throws: RPCError.self) { try put("station", id, name) }
      #expect(error?.kind == .invalidParams && error?.pointer == pointer)
      // It is so from an import too, with the unit's place.
      let unit: JSONValue = ["id": .string(id), "kind": "station", "name": name, "parent": "bureau"]
      let imported = #expect(throws: RPCError.self) { try store.call("directory.import", ["units": [unit]]) }
      #expect(imported?.pointer == "/units/0\(pointer)")
    } else {
      try put("station", id, name)
      #expect(try unit("\(id).community")["active"] == true)
    }
  }

  @Test("a station is not renamed to what leaves no room; one that has such a name already keeps it")
  func longName() throws {
    let long = Self.name(String(repeating: "n", count: 128), "所")
    let error = #expect(throws: RPCError.self) { try put("station", "st-02", long, ["version": 1]) }
    #expect(error?.pointer == "/name/en")
    let row = try #require(store.contents.rows["directory.unit"]?["st-02"]?.record)
    var body = row.body
    body["name"] = long
    store.contents.rows["directory.unit"]?["st-02"]?.record = Record(id: row.id, version: 1, body: body)
    try put("station", "st-02", long, ["version": 1])
  }

  @Test("a station whose team's id is taken says which, and points at its own")
  func taken() throws {
    try put("department", "st-x3.cases")
    let error = #expect(throws: RPCError.self) { try put("station", "st-x3") }
    #expect(error?.kind == .alreadyExists && error?.pointer == "/id")
    #expect(error?.message.en.contains("st-x3.cases") == true)
  }

  @Test("a station that is renamed renames its teams and room, but for one with a name of its own")
  func renamed() throws {
    try put(
      "team", "st-02.cases", Self.name("Riverside detectives", "滨河侦查队"), ["parent": "st-02", "version": 1])
    store.contents.events = []
    try put("station", "st-02", Self.name("New", "新所"), ["version": 1])
    #expect(try unit("st-02.command")["name"] == Self.name("Command room, New", "新所综合指挥室"))
    #expect(try unit("st-02.community")["name"]?["zh"] == "新所社区警务队")
    #expect(try unit("st-02.cases")["name"]?["en"] == "Riverside detectives")
    #expect(
      Set(store.contents.events.compactMap { $0.payload["unit"]?.stringValue }) == [
        "st-02", "st-02.command", "st-02.community",
      ])
  }

  @Test("to retire what is retired changes nothing and tells nobody")
  func retiredTwice() throws {
    let retired = try store.call("directory.unit.retire", ["id": "logistics", "version": 1])
    store.contents.events = []
    #expect(try store.call("directory.unit.retire", ["id": "logistics", "version": 2]) == retired)
    #expect(store.contents.events.isEmpty)
    let error = #expect(throws: RPCError.self) {
      try store.call("directory.unit.retire", ["id": "logistics", "version": 1])
    }
    #expect(error?.kind == .conflict)
  }

  @Test("a zone's branch is a department of its bureau, and stays one as long as the zone names it")
  func branch() throws {
    try store.call("directory.unit.put", ["id": "b2", "kind": "bureau", "name": DirectoryTests.unitName])
    try put("department", "b2d", DirectoryTests.unitName, ["parent": "b2"])
    let foreign = #expect(throws: RPCError.self) {
      try store.call("directory.unit.put", DirectoryTests.zone(["st-03"], branch: "b2d"))
    }
    #expect(foreign?.rule == "directory.zone.binding")
    let moved = #expect(throws: RPCError.self) {
      try put("department", "criminal-brigade", DirectoryTests.unitName, ["parent": "b2", "version": 1])
    }
    #expect(moved?.rule == "directory.zone.member" && moved?.pointer == "/parent")
    #expect(moved?.message.en.contains("zone-2") == true)
    // What no zone names goes where it likes.
    try put("department", "logistics", DirectoryTests.unitName, ["parent": "b2", "version": 1])
  }

  static let blanks: [(member: String, value: JSONValue, pointer: String)] = [
    ("name", name(" ", "所"), "/name/en"), ("name", name("a", "\t"), "/name/zh"),
    ("duty_leader", " ", "/duty_leader"),
  ]

  @Test("a blank name or title is none", arguments: blanks)
  func blank(_ member: String, _ value: JSONValue, _ pointer: String) {
    let error = #expect(throws: RPCError.self) {
      try put("department", "d", DirectoryTests.unitName, [member: value])
    }
    #expect(error?.kind == .invalidParams && error?.pointer == pointer)
  }
}
