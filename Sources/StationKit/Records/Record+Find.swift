import StationJSON

extension ReadTransaction {
  /// The record that a caller names, with what its body holds.
  ///
  /// - Parameters:
  ///   - pointer: of the param that names it.
  ///   - read: nil for a body that is not one.
  /// - Throws: `not_found`, naming the collection and the id.
  public func find<Value>(
    _ collection: String, _ id: String, pointer: String?, as read: (JSONObject) -> Value?
  ) throws -> (record: Record, value: Value) {
    guard let record = try get(collection, id), let value = read(record.body) else {
      throw RPCError.notFound(collection, id, pointer: pointer)
    }
    return (record, value)
  }
}

extension Record {
  /// - Parameter expected: the version that the caller saw, the param `version`; nil if it does not say.
  /// - Throws: `conflict` where that is not the present one.
  public func requireVersion(_ expected: JSONValue?) throws(RPCError) {
    guard let expected = expected?.intValue, expected != version else { return }
    throw RPCError(.conflict, pointer: "/version", details: ["version": .int(version)])
  }
}
