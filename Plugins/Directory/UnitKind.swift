/// What a unit is. The raw values are stable codes.
package enum UnitKind: String, Sendable, CaseIterable {
  case bureau, department, desk, station, team, room, zone

  /// Its name in Chinese, for messages.
  var chinese: String {
    switch self {
    case .bureau: "公安局"
    case .department: "部门"
    case .desk: "专班（办公室）"
    case .station: "派出所"
    case .team: "派出所内设队"
    case .room: "派出所内设室"
    case .zone: "防区"
    }
  }

  /// Kinds that a unit of this kind may stand under; empty for one that stands alone.
  var parents: [UnitKind] {
    switch self {
    case .bureau: []
    case .department, .station, .zone: [.bureau]
    case .desk: [.bureau, .department]
    case .team, .room: [.station]
    }
  }

  /// Parents come before their children in an import, and zones after the stations they bind.
  var rank: Int {
    switch self {
    case .bureau: 0
    case .department: 1
    case .desk: 2
    case .station: 3
    case .team, .room: 4
    case .zone: 5
    }
  }
}
