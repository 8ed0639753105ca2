import StationKit

/// One unit of the organisation, as stored.
struct Unit: Equatable {
  let id: String
  var kind: UnitKind
  var name: JSONValue
  var parent: String?
  var active = true
  /// A department's or desk's title of the leader on duty.
  var dutyLeader: String?
  /// A station that serves the county town, and so stands in a zone of its own.
  var city = false
  /// A zone's member stations.
  var stations: [String] = []
  /// A zone's bureau leader: a title or an officer code.
  var leader: String?
  /// A zone's department.
  var branch: String?
  /// The member station that leads a zone.
  var leadStation: String?

  /// A unit from params or a stored body that its schema has accepted; nil if it has not.
  init?(_ object: JSONObject, id: String? = nil) {
    guard let id = id ?? object["id"]?.stringValue, let name = object["name"],
      let kind = UnitKind(object["kind"])
    else { return nil }
    self.id = id
    self.kind = kind
    self.name = name
    parent = object["parent"]?.stringValue
    active = object["active"]?.boolValue ?? true
    dutyLeader = object["duty_leader"]?.stringValue
    city = object["city"]?.boolValue ?? false
    stations = object["stations"]?.arrayValue?.compactMap(\.stringValue) ?? []
    leader = object["leader"]?.stringValue
    branch = object["branch"]?.stringValue
    leadStation = object["lead_station"]?.stringValue
  }

  init(id: String, kind: UnitKind, name: JSONValue, parent: String) {
    self.id = id
    self.kind = kind
    self.name = name
    self.parent = parent
  }

  /// The stored body; it repeats the id, so that an answer is the body and the version.
  var body: JSONObject {
    var body: JSONObject = [
      "id": .string(id), "kind": .string(kind.rawValue), "name": name, "active": .bool(active),
    ]
    if let parent { body["parent"] = .string(parent) }
    if let dutyLeader { body["duty_leader"] = .string(dutyLeader) }
    if city { body["city"] = true }
    if !stations.isEmpty { body["stations"] = .array(stations.map(JSONValue.string)) }
    if let leader { body["leader"] = .string(leader) }
    if let branch { body["branch"] = .string(branch) }
    if let leadStation { body["lead_station"] = .string(leadStation) }
    return body
  }

  /// Whether this zone names a unit as a member or as its branch.
  func binds(_ id: String) -> Bool { stations.contains(id) || branch == id }

  /// The two teams and the room that every station has: 社区警务队, 案件办理队, 综合指挥室.
  var standardParts: [Unit] {
    guard kind == .station else { return [] }
    let english = name["en"]?.stringValue ?? id
    let chinese = name["zh"]?.stringValue ?? id
    func part(_ suffix: String, _ kind: UnitKind, _ en: String, _ zh: String) -> Unit {
      let name: JSONValue = ["en": .string("\(en), \(english)"), "zh": .string(chinese + zh)]
      return Unit(id: "\(id).\(suffix)", kind: kind, name: name, parent: id)
    }
    return [
      part("community", .team, "Community policing team", "社区警务队"),
      part("cases", .team, "Case-handling team", "案件办理队"),
      part("command", .room, "Command room", "综合指挥室"),
    ]
  }
}
