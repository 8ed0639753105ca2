import StationKit

/// What a report asks of the directory.
enum Units {
  static let get = "directory.unit.get"

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active police station.
  static func requireStation(_ id: String, pointer: String, _ tx: any ReadTransaction) throws {
    let unit: JSONValue
    do {
      unit = try tx.call(get, ["id": .string(id)])
    } catch let error as RPCError where error.kind == .notFound {
      throw RPCError.notFound("unit", id, pointer: pointer)
    }
    guard unit["kind"]?.stringValue == "station", unit["active"]?.boolValue == true else {
      throw RPCError.refused(
        rule: StopLossRules.station, Text("'\(id)' is not an active police station", zh: "“\(id)”不是现存派出所"),
        pointer: pointer)
    }
  }
}
