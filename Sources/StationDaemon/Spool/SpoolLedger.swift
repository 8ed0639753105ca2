import Foundation
import StationKit
import StationStore

/// Calls to the spool's methods of a module, each audited as the daemon's own.
package protocol SpoolLedger: Sendable {
  /// Waits for the answer. A call that writes is on the disk when it has answered.
  func call(_ method: String, _ params: JSONObject) throws(RPCError) -> JSONValue
}

/// The same over a store.
package struct StoreSpoolLedger: SpoolLedger {
  private let store: Store
  private let environment: Environment
  private let module: String

  /// - Parameter module: whose `spool.*` methods are called.
  package init(_ store: Store, _ environment: Environment, module: String) {
    self.store = store
    self.environment = environment
    self.module = module
  }

  package func call(_ method: String, _ params: JSONObject) throws(RPCError) -> JSONValue {
    let name = "\(module).spool.\(method)"
    guard let compiled = store.catalog.registry.methods[name] else { throw RPCError(.methodNotFound) }
    try compiled.check(params)
    let bytes = try answer(compiled, params).get()
    if bytes.isEmpty { return .null }
    do {
      return try JSONParser.parse(bytes)
    } catch {
      throw RPCError(.internalError)
    }
  }

  private func answer(_ method: CompiledMethod, _ params: JSONObject) -> Answer {
    let answered = Waiter()
    let declaration = method.declaration
    let purpose = declaration.disclosesPersonalData ? "handling" : nil
    let call = StoreCall(
      method: method, params: Params(params), principal: environment.systemPrincipal, purpose: purpose,
      reason: nil, token: CallToken())
    if declaration.handler.writes || declaration.disclosesPersonalData {
      // A disclosure is on record before a byte of it leaves: on the writer, where it is one transaction.
      let cause = environment.ownCause(method.fullName, purpose: purpose)
      store.write(WriteJob(cause: cause, work: .call(call)) { answered.give($0) })
    } else {
      store.call(call, report: { _ in }, done: { answered.give($0.answer) })
    }
    return answered.take()
  }

  /// Hands one answer from a thread of the store to the spooler's.
  private final class Waiter: @unchecked Sendable {
    // Written before the semaphore is signalled and read after it was waited for.
    private var answer: Answer = .failure(RPCError(.unavailable))
    private let ready = DispatchSemaphore(value: 0)

    func give(_ answer: Answer) {
      self.answer = answer
      ready.signal()
    }

    func take() -> Answer {
      ready.wait()
      return answer
    }
  }
}

extension RPCError {
  /// Whether the same call may succeed a moment later.
  var isPassing: Bool {
    switch kind {
    case .unavailable, .storageFull, .queueFull, .cancelled, .deadlinePassed, .conflict: true
    default: false
    }
  }
}
