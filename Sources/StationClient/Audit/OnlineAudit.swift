import StationAudit
import StationCrypto
import StationJSON

/// Recomputes the log of a running daemon from its records and compares it with the signed checkpoint.
package struct OnlineAudit {
  private let client: Client
  /// Records a call.
  package static let page = 1_000

  package init(_ client: Client) { self.client = client }

  /// The log as it is now, all of it verified. Throws `LogFault` or `ClientError`.
  ///
  /// - Parameters:
  ///   - key: a verifier key from a place that is trusted; nil takes the daemon's word for it, which shows that
  ///     records and signature fit together, but not who signed.
  ///   - notes: checkpoints that somebody else has kept, which the log must extend.
  ///   - progress: told the number of records so far and in all.
  package func verify(
    key: String?, extending notes: [String] = [], progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws -> LogReport {
    let answer = try client.call("audit.checkpoint")
    guard let note = answer["checkpoint"]?.stringValue else { throw LogFault.answer("checkpoint") }
    guard let keyText = key ?? answer["verifier_key"]?.stringValue else {
      throw LogFault.answer("verifier_key")
    }
    let checkpoint = try OnlineAudit.open(note, key: keyText)
    let earlier = try notes.map { try OnlineAudit.open($0, key: keyText, otherwise: LogFault.earlier) }
    if let promised = earlier.map(\.size).max(), promised > checkpoint.size {
      throw LogFault.truncated(size: checkpoint.size, promised: promised)
    }

    let hashes = try leafHashes(upTo: checkpoint.size, progress: progress)
    let root = OnlineAudit.root(hashes[...])
    guard root == checkpoint.root else {
      throw firstFault(hashes, checkpoint: checkpoint)
    }
    for other in earlier where OnlineAudit.root(hashes[..<Int(other.size)]) != other.root {
      throw LogFault.parted(before: other.size)
    }
    return LogReport(origin: checkpoint.origin, size: checkpoint.size, root: root)
  }

  /// Opens a signed checkpoint; `fault` is what one that does not verify is.
  static func open(
    _ note: String, key: String, otherwise fault: (NoteError) -> LogFault = LogFault.checkpoint
  ) throws(LogFault) -> Checkpoint {
    let verifier = try self.key(key)
    do {
      return try Checkpoint(opening: SignedNote(note), signedBy: verifier)
    } catch {
      throw fault(error)
    }
  }

  static func key(_ text: String) throws(LogFault) -> VerifierKey {
    do {
      return try VerifierKey(text)
    } catch {
      throw .key(error)
    }
  }

  /// The hashes of an answer that holds a proof.
  static func proof(in answer: JSONValue) throws(LogFault) -> [Digest32] {
    guard let items = answer["proof"]?.arrayValue else { throw .answer("proof") }
    let hashes = items.compactMap { $0.stringValue.flatMap { Digest32(base64: $0) } }
    guard hashes.count == items.count else { throw .answer("proof") }
    return hashes
  }

  /// The hash of every leaf. The log may grow meanwhile; what is beyond the checkpoint is left out.
  private func leafHashes(upTo size: UInt64, progress: (UInt64, UInt64) -> Void) throws -> [Digest32] {
    var hashes: [Digest32] = []
    while UInt64(hashes.count) < size {
      let count = UInt64(hashes.count)
      let limit = min(size - count, UInt64(OnlineAudit.page))
      let answer = try client.call(
        "audit.entries", ["from": .int(Int(count)), "limit": .int(Int(limit))])
      guard let items = answer["items"]?.arrayValue else { throw LogFault.answer("items") }
      guard !items.isEmpty else { throw LogFault.truncated(size: count, promised: size) }
      for item in items.prefix(Int(limit)) {
        let expected = UInt64(hashes.count)
        guard let seq = item["seq"]?.intValue, seq >= 0 else { throw LogFault.answer("items/seq") }
        guard UInt64(seq) == expected else {
          throw LogFault.sequence(expected: expected, found: UInt64(seq))
        }
        guard let text = item["leaf"]?.stringValue, let leaf = Base64.decode(text) else {
          throw LogFault.record(seq: expected)
        }
        hashes.append(MerkleTree.leafHash(leaf))
      }
      progress(UInt64(hashes.count), size)
    }
    return hashes
  }

  private static func root(_ hashes: ArraySlice<Digest32>) -> Digest32 {
    var range = CompactRange()
    for hash in hashes { range.append(hash) }
    return range.root
  }

  /// Finds the first record that the checkpoint does not cover, by halving: a consistency proof from the daemon
  /// tells whether the first n records are good. Cannot err towards "good", since proofs are verified.
  private func firstFault(_ hashes: [Digest32], checkpoint: Checkpoint) -> LogFault {
    var good = 0
    var bad = max(1, hashes.count)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      guard
        let answer = try? client.call(
          "audit.consistency", ["old": .int(middle), "new": .int(Int(clamping: checkpoint.size))]),
        let proof = answer["proof"]?.arrayValue
      else { return .somewhere(from: UInt64(good)) }
      let path = proof.compactMap { $0.stringValue.flatMap { Digest32(base64: $0) } }
      let verified: Void? = try? MerkleVerification.verifyConsistency(
        old: UInt64(middle), oldRoot: OnlineAudit.root(hashes[..<middle]), new: checkpoint.size,
        newRoot: checkpoint.root, proof: path)
      if verified == nil { bad = middle } else { good = middle }
    }
    return .record(seq: UInt64(bad - 1))
  }
}
