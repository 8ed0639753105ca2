import Foundation
import StationKit

/// A store in memory that runs modules' handlers as the daemon does: schemas, declared names, expected
/// versions, rollback of what fails, deadlines that fire once.
package final class TestStore {
  package struct Emitted: Equatable {
    package let name: String
    package let payload: JSONObject
  }

  package struct Scheduled {
    package let due: Instant
    package let payload: JSONObject

    package init(due: Instant, payload: JSONObject) {
      self.due = due
      self.payload = payload
    }
  }

  package struct Row {
    package var record: Record
    package let sequence: Int
  }

  /// Everything that a failed call takes back.
  package struct Contents {
    package var rows: [String: [String: Row]] = [:]
    package var series: [String: Int] = [:]
    package var deadlines: [String: Scheduled] = [:]
    package var events: [Emitted] = []
    var sequence = 0
  }

  package var contents = Contents()
  package var now: Instant
  package var calendar = WorkCalendar.weekendsOnly
  /// Whether schemas are checked; only a benchmark says no.
  package var checks = true
  private let modules: [String: Module]
  /// Modules behind pipes, where the tests are run so.
  private var piped: [String: PipedModule] = [:]
  private static let isPiped = ProcessInfo.processInfo.environment["STATIOND_ISOLATED"] == "1"
  private var methods: [String: (module: String, method: Method)] = [:]
  private var schemas: [String: JSONSchema] = [:]

  package init(_ modules: [Module], now: Instant) throws {
    self.now = now
    self.modules = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })
    for module in modules {
      for method in module.methods {
        let name = "\(module.name).\(method.name)"
        methods[name] = (module.name, method)
        schemas["params \(name)"] = try JSONSchema(method.params)
        schemas["result \(name)"] = try JSONSchema(method.result)
      }
      for collection in module.collections {
        schemas["body \(module.name).\(collection.name)"] = try JSONSchema(collection.schema)
      }
      for event in module.events {
        schemas["event \(module.name).\(event.name)"] = try JSONSchema(event.payload)
      }
    }
  }

  /// Calls a method as a client does.
  @discardableResult
  package func call(
    _ name: String, _ params: JSONObject, as principal: Principal = .all, purpose: String = "handling",
    reason: String = "test"
  ) throws -> JSONValue {
    guard let (module, method) = methods[name] else { throw RPCError(.methodNotFound) }
    try check("params \(name)", .object(params), .invalidParams)
    let before = contents
    do {
      let context = context(name, principal, purpose, reason)
      let result =
        try pipe(module)?.call(
          method.name, .init(writes: method.handler.writes, params: params), context,
          TestTransaction(self, module, context))
        ?? run(module, method, name, params, context)
      try check("result \(name)", result, .internalError)
      return result
    } catch {
      contents = before
      throw error
    }
  }

  package func context(
    _ method: String, _ principal: Principal, _ purpose: String? = nil, _ reason: String? = nil
  ) -> CallContext {
    CallContext(
      principal: principal, method: method, now: now, calendar: calendar, zone: .shanghai, purpose: purpose,
      reason: reason)
  }

  /// Moves the clock on, firing what comes due on the way, each at its instant.
  package func advance(to instant: Instant) throws {
    while let (key, next) = contents.deadlines.min(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }),
      next.due <= instant
    {
      now = max(now, next.due)
      try fire(key, late: false)
      guard next.due < contents.deadlines[key]?.due ?? .latest else { throw StoreError.endless(key) }
    }
    now = instant
  }

  /// Moves the clock as if the daemon had been down: what came due fires afterwards, late.
  package func sleep(to instant: Instant) throws {
    now = instant
    while let (key, next) = contents.deadlines.min(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }),
      next.due <= instant
    {
      try fire(key, late: true)
      guard next.due < contents.deadlines[key]?.due ?? .latest else { throw StoreError.endless(key) }
    }
  }

  private func fire(_ key: String, late: Bool) throws {
    guard let deadline = contents.deadlines.removeValue(forKey: key) else { return }
    let parts = key.split(separator: "|").map(String.init)
    try handle(parts[0], parts[1], subject: parts[2], deadline, late: late)
  }

  /// Runs a deadline's handler, also again for one that has fired.
  package func handle(_ module: String, _ kind: String, subject: String, _ deadline: Scheduled, late: Bool)
    throws
  {
    guard let kind = modules[module]?.deadlines.first(where: { $0.name == kind }) else { return }
    let fired = Deadline(
      kind: kind.name, subject: subject, due: deadline.due, payload: deadline.payload, late: late)
    let context = context("", .all)
    guard let pipe = try pipe(module) else {
      return try kind.fire(fired, context, TestTransaction(self, module, context))
    }
    _ = try pipe.call(kind.name, .init(fired), context, TestTransaction(self, module, context))
  }

  /// The module's process, so to say; nil where its handlers are called directly.
  private func pipe(_ name: String) throws -> PipedModule? {
    guard Self.isPiped, checks else { return nil }
    if let pipe = piped[name], pipe.calendar == calendar { return pipe }
    let calls = try module(name).calls.compactMap { name in methods[name].map { (name, $0.method) } }
    let writes = calls.filter { $0.1.handler.writes }.map(\.0)
    let kept = calls.filter(\.1.isSteady).map(\.0)
    let pipe = try PipedModule(try module(name), writes: Set(writes), kept: Set(kept), calendar: calendar)
    piped[name] = pipe
    return pipe
  }

  package func run(
    _ module: String, _ method: Method, _ name: String, _ params: JSONObject, _ context: CallContext
  ) throws -> JSONValue {
    let tx = TestTransaction(self, module, context)
    switch method.handler.body {
    case .read(let body): return try body(Params(params), context, tx)
    case .write(let body): return try body(Params(params), context, tx)
    default: throw RPCError(.internalError)
    }
  }

  package func check(_ schema: String, _ value: JSONValue, _ kind: ErrorKind) throws {
    guard checks else { return }
    guard let compiled = schemas[schema] else { throw StoreError.undeclared(schema) }
    guard let violation = compiled.validate(value) else { return }
    if kind == .invalidParams {
      throw RPCError.invalid(Text(violation.message, zh: ""), pointer: violation.pointer.description)
    }
    throw StoreError.schema(schema, violation.pointer.description, violation.message)
  }

  package func module(_ name: String) throws -> Module {
    guard let module = modules[name] else { throw StoreError.undeclared(name) }
    return module
  }

  package func target(_ name: String) throws -> (module: String, method: Method) {
    guard let found = methods[name] else { throw StoreError.undeclared(name) }
    return found
  }

  /// What a module must never do.
  package enum StoreError: Error {
    case undeclared(String)
    /// A deadline that its own handler sets again for the same instant.
    case endless(String)
    case schema(String, String, String)
  }
}

extension Principal {
  package static let all = Principal(uid: 1000, gid: 1000, roles: ["admin"], unit: nil, scope: .all)

  package static func of(_ unit: String, uid: UInt32 = 2000) -> Principal {
    Principal(uid: uid, gid: uid, roles: ["desk"], unit: unit, scope: .units([unit]))
  }
}
