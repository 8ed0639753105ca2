import StationAudit
import StationCrypto
import StationJSON

/// Asks witnesses to cosign the present checkpoint of a running daemon's log (C2SP tlog-witness).
///
/// A witness keeps the newest checkpoint that it cosigned and cosigns only one that extends it. What it cosigned is
/// kept here too, so that a log which was put back is found out even where the witness cannot be reached.
package struct WitnessRound {
  /// What a witness sent back, or why nothing came.
  package enum Reply: Sendable {
    case answer(status: Int, contentType: String, body: [UInt8])
    case nothing(String)
  }

  /// Sends a body to a witness's address.
  package typealias Post = (_ address: String, _ body: String) -> Reply

  private let client: Client
  private let log: VerifierKey
  private let note: String
  package let checkpoint: Checkpoint

  /// Has the daemon sign its present head. Throws `LogFault` or `ClientError`.
  package init(_ client: Client, policy: WitnessPolicy) throws {
    self.client = client
    let answer = try client.call("audit.checkpoint")
    guard let note = answer["checkpoint"]?.stringValue else { throw LogFault.answer("checkpoint") }
    self.note = note
    let signed: SignedNote
    do { signed = try SignedNote(note) } catch { throw LogFault.checkpoint(error) }
    if policy.logs.isEmpty {
      guard let text = answer["verifier_key"]?.stringValue else { throw LogFault.answer("verifier_key") }
      log = try OnlineAudit.key(text)
    } else {
      guard let known = policy.logs.first(where: { (try? signed.verify(with: [$0])) != nil }) else {
        throw LogFault.checkpoint(.unsigned)
      }
      log = known
    }
    do {
      checkpoint = try Checkpoint(opening: signed, signedBy: log)
    } catch { throw LogFault.checkpoint(error) }
  }

  /// What was kept of a witness, where it is what it must be.
  package func kept(_ note: String, of witness: WitnessPolicy.Witness) throws(NoteError) -> CosignedCheckpoint
  {
    try CosignedCheckpoint(note, log: log, witness: witness.key)
  }

  /// Whether the present log extends what the witness has cosigned.
  package func compare(with kept: CosignedCheckpoint?) throws -> WitnessOutcome {
    guard let kept else { return .never }
    guard kept.head.size <= checkpoint.size else { return .behind(seen: kept.head.size) }
    guard try extends(kept.head) else { return .parted(seen: kept.head.size) }
    return .cosigned(kept)
  }

  /// Asks one witness. Throws `LogFault` or `ClientError` where the daemon gives no proof.
  /// - Parameter kept: what it cosigned last, as far as is known.
  package func ask(
    _ witness: WitnessPolicy.Witness, kept: CosignedCheckpoint?, post: Post
  ) throws -> WitnessOutcome {
    let before = try compare(with: kept)
    guard !before.isAlarm, let address = witness.address else { return before }
    var old = kept?.head.size ?? 0
    // The second time with the size that the witness says it is at.
    for _ in 1...2 {
      let request = WitnessRequest(old: old, proof: try proof(from: old), checkpoint: note)
      let answer: WitnessAnswer
      switch post(address, request.body) {
      case .nothing(let why): return .unreachable(why)
      case .answer(let status, let type, let body):
        answer = WitnessAnswer(status: status, contentType: type, body: body)
      }
      switch answer {
      case .cosigned(let lines):
        do throws(NoteError) {
          return .cosigned(try CosignedCheckpoint(note + lines, log: log, witness: witness.key))
        } catch { return .nonsense("\(error)") }
      case .conflict(let seen) where seen > checkpoint.size: return .behind(seen: seen)
      // It was asked about a tree of the very size that it is at, and has another of that size.
      case .conflict(let seen) where seen == old && seen == checkpoint.size: return .parted(seen: seen)
      case .conflict(let seen) where seen != old: old = seen
      case .conflict: return .nonsense("409")
      case .inconsistent where old > 0: return .parted(seen: old)
      case .inconsistent: return .nonsense("422")
      case .unknownLog: return .unknownLog
      case .other(let status): return .nonsense("\(status)")
      }
    }
    return .nonsense("409")
  }

  private func proof(from old: UInt64) throws -> [Digest32] {
    guard old > 0, old < checkpoint.size else { return [] }
    let answer = try client.call(
      "audit.consistency", ["old": .int(Int(old)), "new": .int(Int(checkpoint.size))])
    return try OnlineAudit.proof(in: answer)
  }

  private func extends(_ head: TreeHead) throws -> Bool {
    // The empty tree is the beginning of every log.
    guard head.size > 0 else { return true }
    let proof = try proof(from: head.size)
    let verified: Void? = try? MerkleVerification.verifyConsistency(
      old: head.size, oldRoot: head.root, new: checkpoint.size, newRoot: checkpoint.root, proof: proof)
    return verified != nil
  }
}
