import StationJSON

extension Query {
  /// Takes what a list's params say of its page: `order`, `limit` and `cursor`.
  ///
  /// - Parameter size: the limit where they name none.
  public mutating func takePage(_ params: Params, size: Int) {
    descending = params["order"]?.stringValue == "desc"
    limit = params["limit"]?.intValue ?? size
    cursor = params["cursor"]?.stringValue
  }
}

extension Page {
  /// What a list answers: `items`, and `next` where there is more.
  ///
  /// - Parameter show: nil leaves a record out; the page is then shorter.
  public func answer(_ show: (Record) throws -> JSONValue?) rethrows -> JSONObject {
    var answer: JSONObject = ["items": .array(try records.compactMap(show))]
    answer["next"] = next.map(JSONValue.string)
    return answer
  }
}
