import StationKit
import StationPluginWire

/// What a call has written so far, to tell which reads may see it.
///
/// Where it says yes too often, a read costs a rehearsal; where it said no wrongly, the call would end as `conflict`:
/// so whatever is not certain may be seen.
package struct WriteFootprint {
  package struct Key: Hashable {
    let collection: String
    let id: String

    package init(_ collection: String, _ id: String) {
      self.collection = collection
      self.id = id
    }
  }

  private struct Write {
    let key: Key
    /// The record before and after, as far as it was there.
    let bodies: [JSONObject]
  }

  /// nil: of something that may be anywhere.
  private var writes: [Write?] = []

  package init() {}

  var count: Int { writes.count }

  package mutating func add(_ key: Key, _ bodies: [JSONObject]) {
    writes.append(Write(key: key, bodies: bodies))
  }

  /// An erasure, or another module's write.
  package mutating func addAll() { writes.append(nil) }

  /// Whether a read may tell something else because of what was written after the first `start` writes.
  package func touches(
    _ read: ReadRequest, _ indexes: (_ collection: String) -> [Collection.Index], since start: Int = 0
  ) -> Bool {
    guard start < writes.count else { return false }
    switch read {
    case .get(let collection, let id):
      let key = Key(collection, id)
      return writes[start...].contains { $0.map { $0.key == key } ?? true }
    case .query(let query), .count(let query), .scan(let query, _):
      let fields = indexes(query.collection).first { $0.name == query.index }?.fields ?? []
      let wanted = Array(zip(fields, query.equals)) + query.matching.map { ($0.key, $0.value) }
      return writes[start...].contains { write in
        guard let write else { return true }
        return write.key.collection == query.collection
          && write.bodies.contains { body in wanted.allSatisfy { Self.mayBe(body[$0.0], $0.1) } }
      }
    case .call, .erase: return true
    }
  }

  /// What no column holds may be anything.
  private static func mayBe(_ member: JSONValue?, _ value: IndexValue) -> Bool {
    IndexValue(member ?? .null).map { $0 == value } ?? true
  }
}
