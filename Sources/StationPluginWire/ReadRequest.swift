import StationKit

/// One read of a handler that runs in another process.
package enum ReadRequest: Sendable, Equatable {
  case get(collection: String, id: String)
  case query(Query)
  case count(Query)
  case scan(Query, columns: [String])
  case call(method: String, params: JSONObject)
  /// How many records would be erased with a subject.
  case erase(subject: String)

  /// What the read gives, as the plugin is told it. Reads are compared by this.
  ///
  /// - Parameter rows: at most that many of a scan.
  /// - Throws: what the transaction throws; `answer_too_large` for a longer scan.
  package func run(on transaction: any ReadTransaction, rows limit: Int) throws -> JSONValue {
    switch self {
    case .get(let collection, let id):
      return try transaction.get(collection, id).map(WireRecord.json) ?? .null
    case .query(let query):
      let page = try transaction.query(query)
      var object: JSONObject = ["records": .array(page.records.map(WireRecord.json))]
      if let next = page.next { object["next"] = .string(next) }
      object["places"] = .array(page.places.map(\.json))
      if let end = page.end { object["end"] = end.json }
      return .object(object)
    case .count(let query): return .int(try transaction.count(query))
    case .scan(let query, let columns):
      var rows: [JSONValue] = []
      try transaction.forEach(query, columns: columns) { row in
        guard rows.count < limit else {
          throw RPCError(.answerTooLarge, details: ["limit_rows": .int(limit)])
        }
        rows.append(.array(row.map(\.json)))
      }
      return .array(rows)
    case .call(let method, let params): return try transaction.call(method, params)
    case .erase(let subject):
      guard let transaction = transaction as? any Transaction else { throw RPCError(.denied) }
      return .int(try transaction.erase(subject: subject))
    }
  }

  /// The request's name and params on the wire, without token and operations.
  package var wire: (method: PluginProtocol.ToHost, params: JSONObject) {
    switch self {
    case .get(let collection, let id):
      (.get, ["collection": .string(collection), "id": .string(id)])
    case .query(let query): (.query, query.wire)
    case .count(let query): (.count, query.wire)
    case .scan(let query, let columns):
      (.scan, query.wire.adding("columns", .array(columns.map(JSONValue.string))))
    case .call(let method, let params):
      (.call, ["method": .string(method), "params": .object(params)])
    case .erase(let subject): (.erase, ["subject": .string(subject)])
    }
  }

  /// nil for a name that is no read, or params that do not fit.
  package init?(_ name: PluginProtocol.ToHost, _ params: JSONObject) {
    switch name {
    case .get:
      guard let collection = params["collection"]?.stringValue, let id = params["id"]?.stringValue else {
        return nil
      }
      self = .get(collection: collection, id: id)
    case .query, .count, .scan:
      guard let query = Query(wire: params) else { return nil }
      switch name {
      case .query: self = .query(query)
      case .count: self = .count(query)
      default:
        guard let items = params["columns"]?.arrayValue, let columns = items.each(\.stringValue) else {
          return nil
        }
        self = .scan(query, columns: columns)
      }
    case .call:
      guard let method = params["method"]?.stringValue, case .object(let object) = params["params"] ?? [:]
      else {
        return nil
      }
      self = .call(method: method, params: object)
    case .erase:
      guard let subject = params["subject"]?.stringValue else { return nil }
      self = .erase(subject: subject)
    case .ready, .next, .log: return nil
    }
  }
}

/// A record as it stands on the wire.
package enum WireRecord {
  package static func json(_ record: Record) -> JSONValue {
    ["id": .string(record.id), "version": .int(record.version), "body": .object(record.body)]
  }

  package static func record(_ value: JSONValue) -> Record? {
    guard let id = value["id"]?.stringValue, let version = value["version"]?.intValue,
      case .object(let body)? = value["body"]
    else { return nil }
    return Record(id: id, version: version, body: body)
  }
}

/// A member that is there and has not its type.
struct Misfit: Error {}

extension JSONObject {
  /// nil for a member that is not there.
  func member<Member>(_ key: String, _ read: (JSONValue) -> Member?) throws(Misfit) -> Member? {
    guard let value = self[key] else { return nil }
    guard let member = read(value) else { throw Misfit() }
    return member
  }

  package func adding(_ key: String, _ value: JSONValue?) -> JSONObject {
    var copy = self
    copy[key] = value
    return copy
  }
}

extension Array {
  /// nil unless every element can be read.
  func each<Value>(_ read: (Element) -> Value?) -> [Value]? {
    let values = compactMap(read)
    return values.count == count ? values : nil
  }
}

extension Query: Equatable {
  public static func == (left: Query, right: Query) -> Bool {
    left.collection == right.collection && left.index == right.index && left.equals == right.equals
      && left.from == right.from && left.to == right.to && left.descending == right.descending
      && left.limit == right.limit && left.cursor == right.cursor && left.matching == right.matching
      && left.after == right.after
  }
}

extension Query {
  package var wire: JSONObject {
    var object: JSONObject = ["collection": .string(collection)]
    if let index { object["index"] = .string(index) }
    if !equals.isEmpty { object["equals"] = .array(equals.map(\.json)) }
    if let from { object["from"] = from.json }
    if let to { object["to"] = to.json }
    if descending { object["descending"] = true }
    object["limit"] = .int(limit)
    if let cursor { object["cursor"] = .string(cursor) }
    if let after { object["after"] = after.json }
    if !matching.isEmpty {
      var values: JSONObject = [:]
      for (field, value) in matching.sorted(by: { $0.key < $1.key }) { values[field] = value.json }
      object["matching"] = .object(values)
    }
    return object
  }

  /// nil unless every member that is there has its type: one that was passed over would widen the read.
  package init?(wire: JSONObject) {
    guard let collection = wire["collection"]?.stringValue else { return nil }
    do {
      self.init(
        collection, index: try wire.member("index", \.stringValue),
        equals: try wire.member("equals") { $0.arrayValue?.each { IndexValue($0) } } ?? [],
        from: try wire.member("from") { IndexValue($0) }, to: try wire.member("to") { IndexValue($0) },
        descending: try wire.member("descending", \.boolValue) ?? false,
        limit: try wire.member("limit", \.intValue) ?? 100, cursor: try wire.member("cursor", \.stringValue))
      for (field, value) in try wire.member("matching", \.objectValue) ?? [:] {
        guard let value = IndexValue(value) else { return nil }
        matching[field] = value
      }
      after = try wire.member("after") { Query.Place($0) }
    } catch {
      return nil
    }
  }
}

extension Query.Place {
  package var json: JSONValue { ["values": .array(values.map(\.json)), "order": .int(order)] }

  package init?(_ value: JSONValue) {
    guard let values = value["values"]?.arrayValue?.each({ IndexValue($0) }),
      let order = value["order"]?.intValue
    else { return nil }
    self.init(values: values, order: order)
  }
}
