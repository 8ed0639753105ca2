import StationAudit
import StationCrypto
import StationJSON

/// A record of the log with the proof that the log has it, in the form that anyone can verify
/// (`c2sp.org/tlog-proof@v1`).
package struct RecordProof: Sendable, Equatable {
  /// The bytes of the record.
  package let leaf: [UInt8]
  /// The text of the proof, the signed checkpoint included.
  package let proof: String

  package init(leaf: [UInt8], proof: String) {
    self.leaf = leaf
    self.proof = proof
  }

  /// Fetches the proof of a record and verifies it. Throws `LogFault` or `ClientError`.
  ///
  /// With no `key` the daemon's own is taken; see ``OnlineAudit/verify(key:progress:)``.
  package init(seq: Int, from client: Client, key: String?) throws {
    let answer = try client.call("audit.prove", ["seq": .int(seq)])
    guard let text = answer["leaf"]?.stringValue, let leaf = Base64.decode(text) else {
      throw LogFault.answer("leaf")
    }
    guard let note = answer["checkpoint"]?.stringValue else { throw LogFault.answer("checkpoint") }
    guard let index = answer["index"]?.intValue, index >= 0, index == seq else {
      throw LogFault.answer("index")
    }
    let portable = PortableProof(
      index: UInt64(index), hashes: try OnlineAudit.proof(in: answer), checkpoint: note)
    self.init(leaf: leaf, proof: portable.text)

    let known =
      try key ?? answer["verifier_key"]?.stringValue
      ?? client.call("audit.checkpoint")["verifier_key"]?.stringValue
    guard let known else { throw LogFault.answer("verifier_key") }
    try verify(key: known)
  }

  /// The place of the record, from 0, and the checkpoint that covers it. Throws if the proof does not hold.
  @discardableResult
  package func verify(key: String) throws(LogFault) -> (index: UInt64, log: LogReport) {
    let verifier = try OnlineAudit.key(key)
    let portable: PortableProof
    do {
      portable = try PortableProof(proof)
    } catch {
      throw .proof(error)
    }
    do {
      let checkpoint = try portable.verify(leaf: leaf, key: verifier)
      let log = LogReport(origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root)
      return (portable.index, log)
    } catch let error as NoteError {
      throw .checkpoint(error)
    } catch {
      throw .record(seq: portable.index)
    }
  }
}
