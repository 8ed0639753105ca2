import StationCrypto

/// How a leaf of the log names what a stored record says, without telling it.
///
/// SHA-256 over salt, collection, id, version, body and ciphertexts as they are stored. The salt stays beside the
/// record, so the log alone does not let anyone guess at the content.
package enum RecordCommitment {
  package static func digest(
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
