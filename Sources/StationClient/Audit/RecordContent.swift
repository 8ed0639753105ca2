import StationAudit
import StationCrypto
import StationJSON

/// What a record of the log wrote, with the salt of its commitment: who has the leaf sees that it said this.
package struct RecordContent: Sendable, Equatable {
  package let collection: String
  package let id: String
  package let version: Int
  package let salt: [UInt8]
  /// The stored record, a JSON object.
  package let body: [UInt8]

  /// An item of `audit.open`, or a line of an exported file; nil if it is none.
  package init?(_ value: JSONValue) {
    guard let collection = value["collection"]?.stringValue, let id = value["id"]?.stringValue,
      let version = value["version"]?.intValue,
      let salt = value["salt"]?.stringValue.flatMap({ Base64.decode($0) }),
      let body = value["body"]?.stringValue.flatMap({ Base64.decode($0) })
    else { return nil }
    self.collection = collection
    self.id = id
    self.version = version
    self.salt = salt
    self.body = body
  }

  package var json: JSONValue {
    [
      "collection": .string(collection), "id": .string(id), "version": .int(version),
      "salt": .string(Base64.encode(salt)), "body": .string(Base64.encode(body)),
    ]
  }

  /// Whether the leaf of a record commits to having written this.
  package func isCommitted(in leaf: [UInt8]) -> Bool {
    let commitment = salt.withUnsafeBytes { salt in
      body.withUnsafeBytes {
        RecordCommitment.digest(salt: salt, collection: collection, id: id, version: version, body: $0)
      }
    }
    let item: JSONValue = [.string(collection), .string(id), .int(version), .string(commitment.base64)]
    guard let record = try? JSONParser.parse(leaf), let written = record["written"]?.arrayValue else {
      return false
    }
    return written.contains(item)
  }

  /// Fetches what record `seq` wrote. Throws `ClientError`, and `LogFault` where the daemon's answer is not what the
  /// leaf commits to.
  package static func fetch(seq: Int, leaf: [UInt8], from client: Client) throws -> [RecordContent] {
    guard let items = try client.call("audit.open", ["seq": .int(seq)])["items"]?.arrayValue else {
      throw LogFault.answer("items")
    }
    return try items.map {
      guard let content = RecordContent($0) else { throw LogFault.answer("items") }
      guard content.isCommitted(in: leaf) else { throw LogFault.content(id: content.id, seq: UInt64(seq)) }
      return content
    }
  }
}
