import StationKit

/// Which unit's disputes a list or a figure covers, within the caller's scope.
enum UnitScope {
  /// A caller who names no unit gets all, or the own unit's where the scope does not reach further.
  ///
  /// - Throws: `denied` for a unit out of scope, or where none is named and the caller has none.
  static func unit(_ named: String?, _ context: CallContext) throws(RPCError) -> String? {
    if let named {
      try context.principal.require(named)
      return named
    }
    guard context.principal.scope != .all else { return nil }
    guard let own = context.principal.unit else {
      throw .denied(Text("Name a unit that you work for", zh: "请指明所属单位"))
    }
    try context.principal.require(own)
    return own
  }
}
