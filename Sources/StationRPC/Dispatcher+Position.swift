import StationKit
import StationStore

// Params by position.
extension Dispatcher {
  /// Params by name.
  func named(_ params: JSONValue?, _ method: CompiledMethod) throws(RPCError) -> JSONObject {
    switch params {
    case nil: return [:]
    case .object(let object)?: return object
    case .array(let values)?:
      let names = method.order
      guard !method.declaration.positional.isEmpty || values.isEmpty else {
        throw RPCError(
          .invalidParams, Text("This method takes named params only", zh: "此方法只接受具名参数"), pointer: "")
      }
      guard values.count <= names.count else {
        throw RPCError(
          .invalidParams, Text("Too many positional params", zh: "位置参数过多"),
          pointer: "/\(names.count)")
      }
      var object: JSONObject = [:]
      for (name, value) in zip(names, values) { object[name] = value }
      return object
    default: throw RPCError(.invalidParams)
    }
  }

  /// The answer, with the error's pointer into what was sent where that was params by position.
  func placed(
    _ request: RPCRequest, _ answer: @escaping @Sendable (Answer) -> Void
  ) -> @Sendable (Answer) -> Void {
    guard case .array? = request.params else { return answer }
    return { [self] outcome in answer(outcome.mapError { placed($0, request) }) }
  }

  func placed(_ error: RPCError, _ request: RPCRequest) -> RPCError {
    guard case .array? = request.params, let pointer = error.pointer, pointer.first == "/",
      let order = registry.methods[request.method]?.order
    else { return error }
    let name = pointer.dropFirst().prefix { $0 != "/" }
    guard let place = order.firstIndex(of: String(name)) else { return error }
    var error = error
    error.pointer = "/\(place)\(pointer.dropFirst(1 + name.count))"
    return error
  }
}
