import StationJSON

/// A method that takes a list of items, tells of each by itself what became of it (`items`, in the order of the list,
/// each with an `outcome`), and enters an item that is sent again only once.
package struct ImportTarget: Sendable, Equatable {
  package let method: String
  /// The parameter that takes the items.
  package let parameter: String
  /// Items of one call at most.
  package let maximum: Int

  /// Looks the method up in what `rpc.discover` says.
  package init(_ name: String, in document: JSONValue) throws(UsageError) {
    guard let method = document["methods"]?.arrayValue?.first(where: { $0["name"]?.stringValue == name })
    else { throw UsageError("no method '\(name)'", zh: "没有方法“\(name)”") }
    let needed = (method["params"]?.arrayValue ?? []).filter { $0["required"]?.boolValue == true }
    let outcome = method["result"]?["schema"]?["properties"]?["items"]?["items"]?["properties"]?["outcome"]
    guard needed.count == 1, let parameter = needed[0]["name"]?.stringValue, let schema = needed[0]["schema"],
      schema["type"]?.stringValue == "array", outcome != nil
    else {
      throw UsageError(
        "\(name) does not take a list and answer each item by itself: nothing can be imported with it",
        zh: "\(name) 不是逐项应答的批量方法，不能用于导入")
    }
    self.method = name
    self.parameter = parameter
    maximum = schema["maxItems"]?.intValue ?? .max
  }

  /// An item's error with its pointer from the item on: its place in a call says nothing of the file.
  package func relative(_ error: JSONValue, place: Int) -> JSONValue {
    let prefix = "/\(parameter)/\(place)"
    guard var members = error.objectValue, let pointer = members["pointer"]?.stringValue,
      pointer == prefix || pointer.hasPrefix(prefix + "/")
    else { return error }
    members["pointer"] = .string(String(pointer.dropFirst(prefix.count)))
    return .object(members)
  }
}
