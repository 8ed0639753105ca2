import Dispatch
import StationCrypto
import StationKit
import StationStore
import Synchronization

/// From a request to its answer: route, authorize, validate, then hand over to the store.
///
/// Everything here runs on the connection's event loop and never blocks. Whatever is denied or fails
/// is answered only when its audit record is on disk.
package final class Dispatcher: Sendable {
  package let store: Store
  let rules: Mutex<Rules>
  private let report: @Sendable (String) -> Void
  /// Why a module of that name, which is to come, cannot be called yet; nil where none is to come.
  private let awaited: @Sendable (_ module: String) -> RPCError?
  /// Where administrative acts begin.
  let acts = DispatchQueue(label: "administrative acts")
  /// Told of every call when it has been answered; nil where nobody listens.
  let observe: CallObserver?

  package init(
    store: Store, policy: AccessPolicy, limits: Limits, report: @escaping @Sendable (String) -> Void,
    awaited: @escaping @Sendable (_ module: String) -> RPCError? = { _ in nil },
    observe: CallObserver? = nil
  ) {
    self.store = store
    rules = Mutex(Rules(policy: policy, limits: limits))
    self.report = report
    self.awaited = awaited
    self.observe = observe
  }

  /// What may be called now: modules come and go while the daemon runs.
  package var registry: Registry { store.catalog.registry }

  /// What a call has passed so far.
  struct Admission {
    let method: CompiledMethod
    let params: Params
    let meta: Meta
    let principal: Principal
    let cause: Cause
    /// What the caller may not see in full; nil where nothing is hidden.
    let mask: ResultMask?

    /// The result as the caller may see it.
    func shown(_ result: JSONValue) -> JSONValue { mask?.apply(to: result) ?? result }
  }

  /// Runs one request. `answer` is called exactly once, on any thread.
  func run(
    _ request: RPCRequest, session: ClientSession, token: (Int?) -> CallToken,
    answer: @escaping @Sendable (Answer) -> Void
  ) {
    let identity = session.identity
    let answer = observed(request, identity, placed(request, answer))
    let admission: Admission
    do {
      admission = try admit(request, identity)
    } catch {
      return refuse(error.error, error.cause, answer)
    }
    switch admission.method.declaration.handler.body {
    case .inline(let handler): runInline(handler, admission, answer)
    case .text(let text): deliver(text(), admission.cause, answer)
    case .connection(let name):
      session.run(name, admission.params, admission.principal) { [self] result in
        deliver(result.map { admission.shown($0) }, admission.cause, answer)
      }
    case .deferred(let handler):
      act(
        admission.cause,
        { [self] done in
          handler(admission.params, context(admission)) { done($0.map { admission.shown($0) }) }
        }, answer)
    case .remote(let module, let writes, _):
      runRemote(module, writes, admission, token(admission.meta.deadlineMs), answer)
    case .read: runRead(admission, token(admission.meta.deadlineMs), answer)
    case .write: runWrite(admission, token(admission.meta.deadlineMs), answer)
    }
  }

  /// Whether a call of this method leaves everything as it was.
  func onlyReads(_ method: String) -> Bool {
    switch registry.methods[method]?.declaration.handler.body {
    case .inline, .text, .read, .remote(_, writes: false, _): true
    case .connection(let name): name == "check"
    case nil, .deferred, .remote, .write: false
    }
  }

  /// Whether what a call of this method answered is in the log before it is answered.
  func discloses(_ method: String) -> Bool {
    registry.methods[method]?.declaration.disclosesPersonalData ?? false
  }

  // MARK: - Before the handler

  struct Refusal: Error {
    let error: RPCError
    let cause: Cause
  }

  /// Route, authorize, validate: in this order, so that a denied caller learns nothing about params.
  func admit(_ request: RPCRequest, _ identity: Identity) throws(Refusal) -> Admission {
    var meta = Meta.none
    func cause(_ method: String) -> Cause {
      Cause(
        principal: identity.auditJSON(actor: identity.mayActFor ? meta.actor : nil), method: method,
        request: Self.loggable(request.id), purpose: meta.purpose, detail: Self.detail(meta),
        line: identity.line)
    }
    let registry = registry
    guard let method = registry.methods[request.method],
      method.declaration.permission != .modules
    else {
      let name = self.name(request)
      throw Refusal(error: unknown(name), cause: cause(name))
    }
    do throws(RPCError) {
      var object = try named(request.params, method)
      if let value = object["meta"] {
        meta = try Meta(value)
        object["meta"] = nil
      }
      let principal = try authorize(method, meta, identity)
      try method.check(object)
      try meta.check(for: method)
      return Admission(
        method: method, params: Params(object), meta: meta, principal: principal,
        cause: cause(method.fullName),
        mask: identity.seesPersonalData(of: method.fullName) ? nil : method.mask)
    } catch {
      throw Refusal(error: error, cause: cause(method.fullName))
    }
  }

  /// What was called, for the log: what nobody declared might be anything, and its record stays for ever.
  private func name(_ request: RPCRequest) -> String {
    if registry.methods[request.method] != nil { return request.method }
    guard Names.isMethod(request.method) else { return "(not a method name)" }
    return FreeText.finding(in: request.method) == nil ? request.method : "(a number)"
  }

  /// A method that nobody offers, or that a module which is still to come may offer.
  private func unknown(_ method: String) -> RPCError {
    let module = String(method.prefix { $0 != "." })
    guard registry.modules[module] == nil else { return RPCError(.methodNotFound) }
    return awaited(module) ?? RPCError(.methodNotFound)
  }

  private func authorize(
    _ method: CompiledMethod, _ meta: Meta, _ identity: Identity
  ) throws(RPCError) -> Principal {
    if meta.actor != nil, !identity.mayActFor {
      throw RPCError(
        .denied, Text("You may not act for another officer", zh: "无权代他人操作"), pointer: "/meta/actor")
    }
    try identity.requireSocket(for: method)
    let scope = identity.scope(for: method.fullName)
    if method.declaration.permission == .role, scope == nil {
      throw RPCError(
        .denied,
        Text("None of your roles allows '\(method.fullName)'", zh: "您的角色无权调用“\(method.fullName)”"))
    }
    return identity.principal(
      actor: meta.actor, scope: scope ?? .units(Set(identity.unit.map { [$0] } ?? [])),
      method: method.fullName)
  }

  /// The id as text for the log, where it is plainly a request id and cannot carry a person's data.
  static func loggable(_ id: [UInt8]?) -> [UInt8]? {
    guard let id, id.count <= 66 else { return nil }
    // So short that no screen is needed: the ids of nearly all calls.
    if id.count <= 8 { return isPlain(id) ? id : nil }
    return isPlain(id) && FreeText.finding(in: String(decoding: id, as: UTF8.self)) == nil ? id : nil
  }

  private static func isPlain(_ id: [UInt8]) -> Bool {
    id.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
        UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "+"):
        true
      default: false
      }
    }
  }

  private static func detail(_ meta: Meta) -> [UInt8]? {
    guard meta.reason != nil || meta.traceID != nil else { return nil }
    var object: JSONObject = [:]
    if let reason = meta.reason { object["reason"] = .string(reason) }
    if let trace = meta.traceID { object["trace_id"] = .string(trace) }
    return JSONValue.object(object).encoded()
  }

  // MARK: - The handler

  /// What a handler outside the store's transactions is told.
  func context(_ admission: Admission) -> CallContext {
    let environment = store.environment
    return environment.context(
      admission.principal, method: admission.method.fullName, now: environment.clock.now(),
      purpose: admission.meta.purpose, reason: admission.meta.reason)
  }

  private func storeCall(
    _ admission: Admission, _ token: CallToken, _ prepared: Prepared?, idempotency: Idempotency? = nil
  ) -> StoreCall {
    StoreCall(
      method: admission.method, params: admission.params, principal: admission.principal,
      purpose: admission.meta.purpose, reason: admission.meta.reason, mask: admission.mask,
      idempotency: idempotency, token: token, prepared: prepared)
  }

  private func runInline(
    _ handler: (Params, CallContext) throws -> JSONValue, _ admission: Admission,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    do {
      let result = try handler(admission.params, context(admission))
      deliver(.success(admission.shown(result)), admission.cause, answer)
    } catch let error as RPCError {
      refuse(error, admission.cause, answer)
    } catch {
      report("\(admission.method.fullName): \(error)")
      refuse(RPCError(.internalError), admission.cause, answer)
    }
  }

  /// - Parameters:
  ///   - prepared: what another process made of the call, if it runs there.
  ///   - again: what to do where that is not so any more; nil to answer `conflict`.
  func runRead(
    _ admission: Admission, _ token: CallToken, prepared: Prepared? = nil,
    again: (@Sendable () -> Void)? = nil, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let discloses = admission.method.declaration.disclosesPersonalData
    let call = storeCall(admission, token, prepared)
    store.call(call, line: admission.cause.line, report: report) { [self] outcome in
      if let prepared, prepared.isStale, let again { return again() }
      switch bounded(outcome.answer) {
      // Nothing was read and nobody is there to hear of it.
      case .failure(let error) where error.kind == .cancelled && !discloses: answer(.failure(error))
      case .failure(let error): refuse(error, admission.cause, via: outcome.via, answer)
      case .success(let bytes) where discloses:
        // The bytes wait here until their record is on disk.
        store.write(
          WriteJob(
            cause: admission.cause,
            work: .record(
              outcome: nil, read: outcome.disclosed, via: outcome.via, answer: .success(bytes)),
            done: answer))
      case .success(let bytes): answer(.success(bytes))
      }
    }
  }

  func runWrite(
    _ admission: Admission, _ token: CallToken, prepared: Prepared? = nil,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let idempotency: Idempotency?
    do {
      idempotency = try admission.meta.idempotencyKey.map { try self.idempotency($0, admission) }
    } catch {
      report("\(admission.method.fullName): \(error)")
      return refuse(RPCError(.unavailable), admission.cause, answer)
    }
    store.write(
      WriteJob(
        cause: admission.cause,
        work: .call(storeCall(admission, token, prepared, idempotency: idempotency)),
        done: answer))
  }

  private func idempotency(_ key: String, _ admission: Admission) throws -> Idempotency {
    var digest = SHA256()
    digest.update(Array(admission.method.fullName.utf8))
    digest.update(JSONValue.object(admission.params.object).canonical)
    // Keyed by the store, because params can be few enough to be guessed from a digest.
    return Idempotency(
      key: Array("\(admission.principal.person)\n\(key)".utf8),
      digest: try store.catalog.vault.digest(digest.finalize()))
  }

  // MARK: - After the handler

  /// Answers an error once its record is on disk. Where that is not possible the caller hears why.
  func refuse(
    _ error: RPCError, _ cause: Cause, via: [String] = [],
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    store.write(
      WriteJob(
        cause: cause, work: .record(outcome: error, read: [], via: via, answer: .failure(error)),
        done: answer))
  }

  /// Refuses a request, or a batch where it is nil, that is not looked at any further.
  func refuse(
    _ request: RPCRequest?, _ error: RPCError, _ identity: Identity,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    let cause = Cause(
      principal: identity.auditJSON(actor: nil),
      method: request.map(name) ?? "(batch)", request: Self.loggable(request?.id), purpose: nil,
      detail: nil, line: identity.line)
    refuse(error, cause, observed(request, identity, answer))
  }

  private func deliver(
    _ result: Result<JSONValue, RPCError>, _ cause: Cause,
    _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    switch result {
    case .success(let value): deliver(value.encoded(), cause, answer)
    case .failure(let error): refuse(error, cause, answer)
    }
  }

  private func deliver(
    _ text: [UInt8], _ cause: Cause, _ answer: @escaping @Sendable (Answer) -> Void
  ) {
    switch bounded(.success(text)) {
    case .success(let bytes): answer(.success(bytes))
    case .failure(let error): refuse(error, cause, answer)
    }
  }

  func bounded(_ answer: Answer) -> Answer {
    guard case .success(let bytes) = answer, bytes.count > limits.answerBytes else { return answer }
    return .failure(
      RPCError(.answerTooLarge, details: ["limit_bytes": .int(limits.answerBytes)]))
  }

  /// Everything before the handler, for `rpc.check`: nothing runs, nothing is recorded.
  package func check(
    _ method: String, _ params: JSONValue?, _ identity: Identity
  ) -> RPCError? {
    let request = RPCRequest(id: nil, method: method, params: params)
    do {
      _ = try admit(request, identity)
      return nil
    } catch {
      return placed(error.error, request)
    }
  }
}
