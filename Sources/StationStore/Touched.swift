import StationCrypto
import StationKit

/// A record that a call wrote or disclosed, as the audit log names it: by commitment, not content.
package struct Touched: Sendable {
  package let collection: String
  package let id: String
  /// The version written or read; 0 for a removed record.
  package let version: Int
  /// SHA-256 over salt, collection, id, version and body. The salt stays beside the record, so the
  /// log alone does not let anyone guess at the content.
  package let commitment: Digest32

  package static func commitment(
    salt: UnsafeRawBufferPointer, collection: String, id: String, version: Int,
    body: UnsafeRawBufferPointer
  ) -> Digest32 {
    var hash = SHA256()
    hash.update(salt)
    var head: [UInt8] = []
    head.reserveCapacity(collection.utf8.count + id.utf8.count + 24)
    head.append(contentsOf: collection.utf8)
    head.append(0)
    head.append(contentsOf: id.utf8)
    head.append(0)
    head.append(contentsOf: String(version).utf8)
    head.append(0)
    hash.update(head)
    hash.update(body)
    return hash.finalize()
  }
}
