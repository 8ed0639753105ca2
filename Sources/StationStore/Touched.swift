import StationCrypto
import StationKit

/// A record that a call wrote or disclosed, as the audit log names it: by commitment, not content.
package struct Touched: Sendable {
  package let collection: String
  package let id: String
  /// The version written or read; 0 for a removed record.
  package let version: Int
  /// SHA-256 over salt, collection, id, version, body and ciphertexts as they are stored. The salt stays beside
  /// the record, so the log alone does not let anyone guess at the content.
  package let commitment: Digest32

  package static func commitment(
    salt: UnsafeRawBufferPointer, collection: String, id: String, version: Int,
    body: UnsafeRawBufferPointer, sealed: UnsafeRawBufferPointer? = nil
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
    if let sealed {
      // JSON text has no zero byte: this cannot be read as part of the body.
      withUnsafeBytes(of: UInt8(0)) { hash.update($0) }
      hash.update(sealed)
    }
    return hash.finalize()
  }
}
