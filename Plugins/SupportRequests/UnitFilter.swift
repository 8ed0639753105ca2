import StationKit

/// Which station's or department's requests a list or a figure covers, within the caller's scope.
struct UnitFilter {
  private(set) var department: String?
  private(set) var station: String?
  /// Who must be able to look at what is listed; it is in scope, so that the others may name any unit.
  let reader: String?

  /// A caller who names no unit gets all of them, or the own unit's where the scope does not reach further.
  ///
  /// - Throws: `denied` for units out of scope.
  init(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws {
    department = params["department"]?.stringValue
    station = params["station"]?.stringValue
    reader = params["reader"]?.stringValue
    if let reader {
      try context.principal.require(reader)
      return
    }
    if department != nil || station != nil {
      try context.principal.require(department, station)
      return
    }
    guard context.principal.scope != .all else { return }
    guard let own = context.principal.unit else {
      throw RPCError.denied(Text("Name a unit that you work for", zh: "请指明所属单位"))
    }
    try context.principal.require(own)
    if try DirectoryUnit.find(own, pointer: "/station", tx).kind == "station" {
      station = own
    } else {
      department = own
    }
  }
}
