import Directory
import ModuleTesting
import StationKit
import Testing

@Suite("Directory")
struct DirectoryTests {
  let store: TestStore

  init() throws {
    let now = Instant(rfc3339: "2026-03-02T09:00:00+08:00") ?? .earliest
    store = try TestStore([Directory.module()], now: now)
    try store.call("directory.import", Self.organisation)
  }

  static let organisation = ShippedFile.json("etc/directory.example.json").objectValue ?? [:]

  func unit(_ id: String) throws -> JSONValue { try store.call("directory.unit.get", ["id": .string(id)]) }

  @Test("the shipped organisation is imported whole, in any order, and again without a change")
  func imports() throws {
    let again = try store.call("directory.import", Self.organisation)
    #expect(again == ["created": 0, "changed": 0, "unchanged": 30])
    let now = store.now
    let fresh = try TestStore([Directory.module()], now: now)
    let backwards = (Self.organisation["units"]?.arrayValue ?? []).reversed()
    #expect(try fresh.call("directory.import", ["units": .array(Array(backwards))])["created"] == 30)
    let stations = try store.call("directory.unit.list", ["kind": "station"])["items"]?.arrayValue ?? []
    #expect(stations.count == 12)
  }

  @Test("an import changes what differs, leaves retired units alone, and names the unit at fault")
  func importChanges() throws {
    let name: JSONValue = ["en": "Renamed", "zh": "改名"]
    let logistics: JSONValue = ["id": "logistics", "kind": "department", "name": name, "parent": "bureau"]
    #expect(
      try store.call("directory.import", ["units": [logistics]]) == [
        "created": 0, "changed": 1, "unchanged": 0,
      ])
    try store.call("directory.unit.retire", ["id": "logistics", "version": 2])
    #expect(try store.call("directory.import", ["units": [logistics]])["unchanged"] == 1)
    #expect(try unit("logistics")["active"] == false)
    let orphan: JSONValue = ["id": "d", "kind": "desk", "name": name, "parent": "nowhere"]
    let error = #expect(throws: RPCError.self) {
      try store.call("directory.import", ["units": [logistics, orphan]])
    }
    #expect(error?.pointer == "/units/1/parent")
    #expect(throws: RPCError.self) {
      try store.call("directory.import", ["units": [logistics]], as: .of("bureau"))
    }
  }

  @Test("an import names no unit twice")
  func importTwice() throws {
    let name: JSONValue = ["en": "A", "zh": "甲"]
    let unit: JSONValue = ["id": "logistics", "kind": "department", "name": name, "parent": "bureau"]
    let before = try self.unit("logistics")
    let error = #expect(throws: RPCError.self) {
      try store.call("directory.import", ["units": [unit, unit]])
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/units/1/id")
    #expect(try self.unit("logistics") == before)
  }

  @Test("an import is rehearsed by the rules that it goes by")
  func rehearsal() throws {
    try Directory.rehearseImport(Self.organisation)
    let shipped = Self.organisation["units"]?.arrayValue ?? []
    for (place, unit) in shipped.enumerated() {
      // Without this one: refused by both, at the same place, or taken by both.
      var less = shipped
      less.remove(at: place)
      let fresh = try TestStore([Directory.module()], now: store.now)
      let params: JSONObject = ["units": .array(less)]
      func pointer(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return (error as? RPCError)?.pointer ?? "\(error)" }
        return nil
      }
      #expect(
        pointer { try Directory.rehearseImport(params) }
          == pointer { _ = try fresh.call("directory.import", params) }, "\(unit["id"] ?? .null)")
    }
  }

  @Test("a station is made with its two teams and its room, and retired with them")
  func station() throws {
    let name: JSONValue = ["en": "New Station", "zh": "新所"]
    try store.call(
      "directory.unit.put", ["id": "st-13", "kind": "station", "name": name, "parent": "bureau"])
    let parts = try store.call("directory.unit.list", ["parent": "st-13"])["items"]?.arrayValue ?? []
    #expect(
      Set(parts.compactMap { $0["name"]?["zh"]?.stringValue }) == ["新所社区警务队", "新所案件办理队", "新所综合指挥室"])
    try store.call("directory.unit.retire", ["id": "st-13", "version": 1])
    #expect(try unit("st-13.cases")["active"] == false)
  }

  @Test("a station that is brought back brings its teams and its room with it, and says so of each")
  func broughtBack() throws {
    let station: JSONObject = ["id": "st-13", "kind": "station", "name": Self.unitName, "parent": "bureau"]
    try store.call("directory.unit.put", station)
    try store.call("directory.unit.retire", ["id": "st-13", "version": 1])
    store.contents.events = []
    var back = station
    back["version"] = 2
    #expect(try store.call("directory.unit.put", back)["active"] == true)
    let parts = try store.call("directory.unit.list", ["parent": "st-13"])["items"]?.arrayValue ?? []
    #expect(parts.count == 3 && parts.allSatisfy { $0["active"] == true })
    let told = store.contents.events.compactMap { $0.payload["unit"]?.stringValue }
    #expect(Set(told) == ["st-13", "st-13.community", "st-13.cases", "st-13.command"] && told.count == 4)
    // A station that was not retired is changed alone.
    store.contents.events = []
    back["version"] = 3
    try store.call("directory.unit.put", back)
    #expect(store.contents.events.count == 1)
  }

  @Test("a station that a zone names does not move to another bureau; one that none names does")
  func moves() throws {
    try store.call("directory.unit.put", ["id": "bureau-2", "kind": "bureau", "name": Self.unitName])
    var station: JSONObject = [
      "id": "st-02", "kind": "station", "name": Self.unitName, "parent": "bureau-2", "version": 1,
    ]
    let zones = try store.call("directory.unit.list", ["kind": "zone"])["items"]?.arrayValue ?? []
    let zone = try #require(
      zones.first { $0["stations"]?.arrayValue?.contains("st-02") == true }?["id"]?.stringValue)
    let error = #expect(throws: RPCError.self) { try store.call("directory.unit.put", station) }
    #expect(error?.rule == "directory.zone.member" && error?.pointer == "/parent")
    #expect(error?.message.en.contains(zone) == true)
    #expect(try unit("st-02")["parent"] == "bureau")
    // In its own bureau it changes as it likes.
    station["parent"] = "bureau"
    try store.call("directory.unit.put", station)
    try store.call("directory.unit.retire", ["id": .string(zone), "version": 1])
    station["parent"] = "bureau-2"
    station["version"] = 2
    #expect(try store.call("directory.unit.put", station)["parent"] == "bureau-2")
  }

  static let unitName: JSONValue = ["en": "Unit", "zh": "单位"]
  static func zone(
    _ stations: [JSONValue], lead: String? = nil, leader: Bool = true, branch: String = "logistics"
  )
    -> JSONObject
  {
    var zone: JSONObject = [
      "id": "zone-3", "kind": "zone", "name": unitName, "parent": "bureau", "stations": .array(stations),
      "branch": .string(branch), "version": 1,
    ]
    zone["lead_station"] = lead.map(JSONValue.string) ?? stations.first
    if leader { zone["leader"] = "deputy director" }
    return zone
  }

  static let refusals: [(params: JSONObject, rule: String)] = [
    (["id": "d", "kind": "department", "name": unitName], "directory.unit.parent"),
    (["id": "d", "kind": "department", "name": unitName, "parent": "st-01"], "directory.unit.parent"),
    (["id": "d", "kind": "station", "name": unitName, "parent": "nowhere"], "directory.unit.parent"),
    (["id": "t", "kind": "team", "name": unitName, "parent": "st-01"], "directory.station.parts"),
    (
      ["id": "st-01", "kind": "desk", "name": unitName, "parent": "bureau", "version": 1],
      "directory.unit.kind"
    ),
    (
      ["id": "st-01.cases", "kind": "team", "name": unitName, "parent": "st-02", "version": 1],
      "directory.station.parts"
    ),
    (zone(["st-03"], lead: "st-04"), "directory.zone.binding"),
    (zone(["st-03"], leader: false), "directory.zone.binding"),
    (zone(["st-03"], branch: "st-04"), "directory.zone.binding"),
    (zone(["st-03"], branch: "key-person-desk"), "directory.zone.binding"),
    (zone(["st-03", "logistics"]), "directory.zone.member"),
    (zone(["st-03", "st-01"]), "directory.zone.city"),
    (zone(["st-01"]), "directory.zone.city"),
    (
      ["id": "st-03", "kind": "station", "name": unitName, "parent": "bureau", "city": true, "version": 1],
      "directory.zone.city"
    ),
  ]

  @Test("what breaks a rule is refused by its name", arguments: refusals.indices)
  func refused(_ index: Int) {
    let error = #expect(throws: RPCError.self) {
      try store.call("directory.unit.put", Self.refusals[index].params)
    }
    #expect(error?.rule == Self.refusals[index].rule)
    #expect(Directory.module().rules.contains { $0.id == Self.refusals[index].rule })
  }

  @Test("a sixth zone is refused; changing one of five is not")
  func zones() throws {
    var sixth = Self.zone(["st-03"])
    sixth["id"] = "zone-6"
    sixth["version"] = nil
    let error = #expect(throws: RPCError.self) { try store.call("directory.unit.put", sixth) }
    #expect(error?.rule == "directory.zone.count")
    try store.call("directory.unit.put", Self.zone(["st-03", "st-06"]))
    try store.call("directory.unit.retire", ["id": "zone-3", "version": 2])
    try store.call("directory.unit.put", sixth)
  }

  @Test("the city station joins no other, also when it has no zone yet")
  func cityAlone() throws {
    try store.call("directory.unit.retire", ["id": "zone-1", "version": 1])
    let error = #expect(throws: RPCError.self) {
      try store.call("directory.unit.put", Self.zone(["st-03", "st-01"]))
    }
    #expect(error?.rule == "directory.zone.city")
    try store.call("directory.unit.put", Self.zone(["st-01"]))
  }

  @Test(
    "members that a kind does not have are refused",
    arguments: ["stations", "leader", "branch", "lead_station", "city"])
  func members(_ member: String) {
    let values: JSONObject = [
      "stations": ["st-01"], "leader": "x", "branch": "logistics", "lead_station": "st-01", "city": true,
    ]
    var params: JSONObject = ["id": "d", "kind": "department", "name": Self.unitName, "parent": "bureau"]
    params[member] = values[member]
    let error = #expect(throws: RPCError.self) { try store.call("directory.unit.put", params) }
    #expect(error?.pointer == "/\(member)")
  }

  @Test("a unit with others under it, or in a zone, is not retired; a wrong version is a conflict")
  func retire() {
    for (id, version, rule) in [
      ("bureau", 1, "directory.unit.children"), ("st-01", 1, "directory.zone.member"),
      ("st-01.cases", 1, "directory.station.parts"), ("criminal-brigade", 1, "directory.zone.member"),
    ] {
      let error = #expect(throws: RPCError.self) {
        try store.call("directory.unit.retire", ["id": .string(id), "version": .int(version)])
      }
      #expect(error?.rule == rule)
    }
    let error = #expect(throws: RPCError.self) {
      try store.call("directory.unit.retire", ["id": "logistics", "version": 9])
    }
    #expect(error?.kind == .conflict)
  }

  @Test("who is on duty: from its start up to but without its end")
  func duty() throws {
    func set(_ holder: String, _ from: String, _ to: String) throws {
      try store.call(
        "directory.duty.set",
        [
          "unit": "command-centre", "holder": .string(holder), "from": .string("2026-03-\(from):00+08:00"),
          "to": .string("2026-03-\(to):00+08:00"),
        ])
    }
    func onDuty(_ at: String) throws -> [String] {
      let params: JSONObject = ["unit": "command-centre", "at": .string("2026-03-\(at)+08:00")]
      return try store.call("directory.duty.get", params)["items"]?.arrayValue?.compactMap {
        $0["holder"]?.stringValue
      }
        ?? []
    }
    try set("CC-1", "02T08:00", "02T20:00")
    try set("CC-2", "02T18:00", "03T08:00")
    #expect(try onDuty("02T07:59:59") == [])
    #expect(try onDuty("02T08:00:00") == ["CC-1"])
    #expect(try onDuty("02T19:00:00") == ["CC-1", "CC-2"])
    #expect(try onDuty("02T20:00:00") == ["CC-2"])
    try set("CC-2", "02T18:00", "02T19:00")
    #expect(try onDuty("02T20:00:00") == [])
    for to in ["02T08:00", "02T07:00"] {
      let error = #expect(throws: RPCError.self) { try set("CC-3", "02T08:00", to) }
      #expect(error?.rule == "directory.duty.span")
    }
  }
}
