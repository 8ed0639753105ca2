import Directory
import StationKit
import StationStore

/// An organisation that `directory.import` takes, with the file it is from.
struct Organisation {
  private let file: JSONFile
  private let method: CompiledMethod
  private let params: JSONObject

  /// - Throws: ``ConfigurationError`` where the file is no organisation, or not one that a new store takes.
  init(_ path: String, _ registry: Registry) throws {
    let file = try JSONFile(path)
    guard let method = registry.methods["directory.import"] else {
      throw file.wrong("there is no module to import it")
    }
    guard case .object(let params) = file.value else { throw file.wrong("must be an object with 'units'") }
    if let violation = method.params.validate(.object(params)) {
      throw file.wrong("\(violation.pointer): \(violation.message)", at: violation.pointer)
    }
    self.file = file
    self.method = method
    self.params = params
    do {
      try Directory.rehearseImport(params)
    } catch let error as RPCError {
      throw refused(error)
    }
  }

  /// The ids of its units.
  var units: Set<String> { Set((params["units"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }) }

  /// Imports it into a new store; one that has units already is left as it is.
  func fill(_ store: Store) async throws {
    guard try store.isEmpty(collection: "directory.unit") else { return }
    let environment = store.environment
    let call = StoreCall(
      method: method, params: Params(params), principal: environment.systemPrincipal, purpose: nil,
      reason: nil, token: CallToken())
    let cause = environment.ownCause("directory.import")
    let answer = await withCheckedContinuation { waiter in
      store.write(WriteJob(cause: cause, work: .call(call)) { waiter.resume(returning: $0) })
    }
    do {
      _ = try answer.get()
    } catch {
      throw refused(error)
    }
  }

  private func refused(_ error: RPCError) -> ConfigurationError {
    let pointer = error.pointer ?? ""
    return file.wrong("\(pointer): \(error.message.en)", at: JSONPointer(pointer) ?? JSONPointer())
  }
}
