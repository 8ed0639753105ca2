import StationKit

/// One thing that a call of a plugin wants done, once its reads still hold.
package enum Operation: Sendable, Equatable {
  /// A plugin chooses the id of a new record itself, so that it can tell it in its answer.
  case create(collection: String, id: String, body: JSONObject)
  case put(collection: String, id: String, version: Int, body: JSONObject)
  case delete(collection: String, id: String, version: Int)
  /// All that is kept about a subject; `count` is what the host told when it was rehearsed, if it was.
  case erase(subject: String, count: Int?)
  /// The next number of a series is `value`, as the host foretold.
  case number(series: String, value: Int)
  case schedule(kind: String, subject: String, due: Instant, payload: JSONObject)
  case cancel(kind: String, subject: String)
  case emit(event: String, payload: JSONObject)
  /// A write method of another module, with the result that the host told when it was rehearsed.
  case call(method: String, params: JSONObject, result: JSONValue)

  package var json: JSONValue {
    switch self {
    case .create(let collection, let id, let body):
      ["op": "create", "collection": .string(collection), "id": .string(id), "body": .object(body)]
    case .put(let collection, let id, let version, let body):
      [
        "op": "put", "collection": .string(collection), "id": .string(id), "version": .int(version),
        "body": .object(body),
      ]
    case .delete(let collection, let id, let version):
      ["op": "delete", "collection": .string(collection), "id": .string(id), "version": .int(version)]
    case .erase(let subject, let count):
      .object(
        (["op": "erase", "subject": .string(subject)] as JSONObject).adding("count", count.map { .int($0) }))
    case .number(let series, let value):
      ["op": "number", "series": .string(series), "value": .int(value)]
    case .schedule(let kind, let subject, let due, let payload):
      [
        "op": "schedule", "kind": .string(kind), "subject": .string(subject),
        "due": .string(due.rfc3339(zone: .utc)), "payload": .object(payload),
      ]
    case .cancel(let kind, let subject):
      ["op": "cancel", "kind": .string(kind), "subject": .string(subject)]
    case .emit(let event, let payload):
      ["op": "emit", "event": .string(event), "payload": .object(payload)]
    case .call(let method, let params, let result):
      ["op": "call", "method": .string(method), "params": .object(params), "result": result]
    }
  }

  /// nil for anything that is not an operation, whole, with nothing missing and nothing else.
  package init?(_ value: JSONValue) {
    guard case .object(let object) = value else { return nil }
    func text(_ key: String) -> String? { object[key]?.stringValue }
    func map(_ key: String) -> JSONObject? { object[key]?.objectValue }
    switch text("op") {
    case "create":
      guard let collection = text("collection"), let id = text("id"), let body = map("body") else {
        return nil
      }
      self = .create(collection: collection, id: id, body: body)
    case "put":
      guard let collection = text("collection"), let id = text("id"),
        let version = object["version"]?.intValue,
        let body = map("body")
      else { return nil }
      self = .put(collection: collection, id: id, version: version, body: body)
    case "delete":
      guard let collection = text("collection"), let id = text("id"),
        let version = object["version"]?.intValue
      else { return nil }
      self = .delete(collection: collection, id: id, version: version)
    case "erase":
      guard let subject = text("subject") else { return nil }
      do throws(Misfit) {
        self = .erase(subject: subject, count: try object.member("count", \.intValue))
      } catch {
        return nil
      }
    case "number":
      guard let series = text("series"), let value = object["value"]?.intValue else { return nil }
      self = .number(series: series, value: value)
    case "schedule":
      guard let kind = text("kind"), let subject = text("subject"), let due = text("due"),
        let instant = Instant(rfc3339: due), let payload = map("payload")
      else { return nil }
      self = .schedule(kind: kind, subject: subject, due: instant, payload: payload)
    case "cancel":
      guard let kind = text("kind"), let subject = text("subject") else { return nil }
      self = .cancel(kind: kind, subject: subject)
    case "emit":
      guard let event = text("event"), let payload = map("payload") else { return nil }
      self = .emit(event: event, payload: payload)
    case "call":
      guard let method = text("method"), let params = map("params"), let result = object["result"] else {
        return nil
      }
      self = .call(method: method, params: params, result: result)
    default: return nil
    }
    // All of its members are there, so one more is one that there is none of.
    guard object.count == Self.members(of: self) else { return nil }
  }

  /// How many members it has on the wire, `op` included.
  private static func members(of operation: Operation) -> Int {
    switch operation {
    case .cancel, .number, .emit: 3
    case .create, .delete, .call: 4
    case .put, .schedule: 5
    case .erase(_, let count): count == nil ? 2 : 3
    }
  }

  /// Whether a read after it may tell something else. Numbers, deadlines and events are read by nobody.
  package var isSeenByReads: Bool {
    switch self {
    case .create, .put, .delete, .erase, .call: true
    case .number, .schedule, .cancel, .emit: false
    }
  }

  /// Does it, in the module's own transaction.
  ///
  /// - Parameter seen: what the plugin may see of the result of another module's method.
  /// - Throws: what the transaction throws; ``StaleReads`` where a number or a result is not what was foretold.
  package func perform(
    on transaction: any Transaction, seen: (_ method: String, _ result: JSONValue) -> JSONValue = { $1 }
  ) throws {
    switch self {
    case .create(let collection, let id, let body): _ = try transaction.create(collection, id: id, body)
    case .put(let collection, let id, let version, let body):
      _ = try transaction.put(collection, id, version: version, body)
    case .delete(let collection, let id, let version):
      try transaction.delete(collection, id, version: version)
    case .erase(let subject, let count):
      let erased = try transaction.erase(subject: subject)
      guard count == nil || count == erased else { throw StaleReads() }
    case .number(let series, let value):
      let next = try transaction.next(series: series)
      guard next == value else { throw StaleReads(number: (series, next)) }
    case .schedule(let kind, let subject, let due, let payload):
      try transaction.schedule(kind, subject: subject, due: due, payload: payload)
    case .cancel(let kind, let subject): try transaction.cancel(kind, subject: subject)
    case .emit(let event, let payload): try transaction.emit(event, payload)
    case .call(let method, let params, let result):
      guard seen(method, try transaction.call(method, params)) == result else { throw StaleReads() }
    }
  }
}
