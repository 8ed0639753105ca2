import StationKit
import StationStore

extension Dispatcher {
  /// Runs a call whose handler is in another process: there first, without a transaction, then here, where what
  /// it read is checked and what it decided is done, in one transaction. Where its reads have changed meanwhile
  /// it runs again, a bounded number of times.
  func runRemote(
    _ module: any RemoteModule, _ writes: Bool, _ admission: Admission, _ token: CallToken, attempt: Int = 1,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    if let kind = token.refusal { return refuse(RPCError(kind), admission.cause, answer) }
    let method = admission.method
    let call = RemoteCall(
      name: method.declaration.name, work: writes ? .write(admission.params) : .read(admission.params),
      context: context(admission), expiry: token.deadline, attempt: attempt,
      isCancelled: { token.isCancelled })
    module.run(call) { [self] outcome in
      var prepared: Prepared
      do throws(RPCError) {
        prepared = try outcome.get()
        if let result = prepared.result, let violation = method.result.validate(result) {
          module.blame("result of \(method.fullName): \(violation.pointer): \(violation.message)")
          prepared.posted()
          prepared = Prepared(refusing: RPCError(.internalError))
        }
      } catch {
        prepared = Prepared(refusing: error)
      }
      finish(module, writes, prepared, admission, token, attempt, answer)
    }
  }

  private func finish(
    _ module: any RemoteModule, _ writes: Bool, _ prepared: Prepared, _ admission: Admission,
    _ token: CallToken, _ attempt: Int, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let again: @Sendable () -> Void = { [self] in
      guard attempt < RemoteCall.attempts else {
        return refuse(RPCError(.conflict, retryAfterMs: 50), admission.cause, answer)
      }
      runRemote(module, writes, admission, token, attempt: attempt + 1, answer)
    }
    if writes {
      runWrite(admission, token, prepared: prepared) { outcome in
        if prepared.isStale { again() } else { answer(outcome) }
      }
    } else if prepared.isSettled, let result = prepared.result,
      !admission.method.declaration.disclosesPersonalData
    {
      // What it read may be of a commit that is not on disk yet.
      let bytes = bounded(.success(admission.shown(result).encoded()))
      if case .failure(let error) = bytes { return refuse(error, admission.cause, answer) }
      store.whenDurable { answer(bytes) }
    } else {
      runRead(admission, token, prepared: prepared, again: again, answer)
    }
    prepared.posted()
  }
}
