/// What a unit is. The raw values are stable codes.
package enum UnitKind: String, Sendable, CaseIterable {
  case bureau, department, desk, station, team, room, zone

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
