import StationJSON

extension JSONObject {
  /// Takes over all members of another, in place of those of the same name.
  public mutating func merge(_ other: JSONObject) {
    for (key, value) in other { self[key] = value }
  }

  /// These members and the other's; the other's where both have one.
  public func merging(_ other: JSONObject) -> JSONObject {
    var merged = self
    merged.merge(other)
    return merged
  }

  /// Corrects members: takes over what is given of them and differs; null takes one away, others stay.
  ///
  /// - Returns: those members as they were and as they became; both empty where nothing changes.
  public mutating func correct(
    _ names: [String], by given: JSONObject
  ) -> (before: JSONObject, after: JSONObject) {
    var before = JSONObject()
    var after = JSONObject()
    for name in names {
      guard let value = given[name] else { continue }
      let new: JSONValue? = value.isNull ? .none : value
      guard new != self[name] else { continue }
      before[name] = self[name]
      after[name] = new
      self[name] = new
    }
    return (before, after)
  }
}
