import StationKit

/// The rules that the directory's errors name.
enum DirectoryRules {
  static let parent = "directory.unit.parent"
  static let kind = "directory.unit.kind"
  static let parts = "directory.station.parts"
  static let children = "directory.unit.children"
  static let zoneCount = "directory.zone.count"
  static let zoneCity = "directory.zone.city"
  static let zoneBinding = "directory.zone.binding"
  static let zoneMember = "directory.zone.member"
  static let dutySpan = "directory.duty.span"

  /// A county has at most so many defence zones.
  static let zonesAtMost = 5
  /// A duty lasts at most so many days.
  static let dutyDaysAtMost = 31

  private static let reform = "Station reform texts: organisation of stations and defence zones"

  static let table: [Rule] = [
    rule(
      parent, "local configuration",
      Text("A unit stands under an active unit of the right kind", zh: "单位应隶属于在用的相应上级单位")),
    rule(
      kind, "local configuration",
      Text("The kind of a unit never changes", zh: "单位类别不得变更")),
    rule(
      parts, reform,
      Text(
        "A station has its two teams and one room, made with it, retired with it and brought back with it",
        zh: "派出所设社区警务队、案件办理队和综合指挥室，随所设立、撤销和恢复")),
    rule(
      children, "local configuration",
      Text("A unit that others stand under is not retired", zh: "仍有下属单位的单位不得撤销")),
    rule(zoneCount, reform, Text("At most five zones to a county", zh: "每个县（市、区）防区不超过五个")),
    rule(
      zoneCity, reform,
      Text("The city station is a zone of its own", zh: "城区派出所单独设防区")),
    rule(
      zoneBinding, reform,
      Text(
        "A zone is bound to a bureau leader, a branch that is a department of its bureau, and a lead station that is a"
          + " member", zh: "防区应明确局领导、本局责任警种和牵头派出所，牵头所须为成员所")),
    rule(
      zoneMember, reform,
      Text("A zone's members are active stations of its bureau", zh: "防区成员应为本局在用派出所")),
    rule(
      dutySpan, "local configuration",
      Text("A duty ends after it starts, within 31 days", zh: "值班应有起止，且不超过三十一日")),
  ]

  private static func rule(_ id: String, _ source: String, _ summary: Text) -> Rule {
    Rule(id: id, version: "1", effective: "2026-01-01", source: source, summary: summary)
  }
}
