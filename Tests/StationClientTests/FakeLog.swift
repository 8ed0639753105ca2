import StationAudit
import StationCrypto
import StationJSON

/// The audit methods of a daemon, over a log in memory.
struct FakeLog: Sendable {
  /// What was signed.
  private let signed: [[UInt8]]
  /// What the daemon gives out.
  var shown: [[UInt8]]
  /// Whether it proves record 1 whatever it is asked.
  var provesAnother = false
  let signer: SignerKey

  init(count: Int) throws {
    signed = (0..<count).map { Array(#"{"seq":\#($0)}"#.utf8) }
    shown = signed
    signer = try SignerKey.generate(name: "test.example/audit")
  }

  func answer(_ method: String, _ params: JSONValue) -> JSONObject {
    do {
      return ["result": try result(method, params)]
    } catch {
      return failure("internal_error")
    }
  }

  private func result(_ method: String, _ params: JSONValue) throws -> JSONValue {
    switch method {
    case "audit.checkpoint":
      return [
        "checkpoint": .string(try note()), "verifier_key": .string(signer.verifierKey.text),
        "size": .int(signed.count),
      ]
    case "audit.entries":
      let from = params["from"]?.intValue ?? 0
      // Pages shorter than asked for are allowed.
      let end = min(shown.count, from + min(params["limit"]?.intValue ?? 500, 7))
      let items = (from..<max(from, end)).map { seq -> JSONValue in
        ["seq": .int(seq), "leaf": .string(Base64.encode(shown[seq]))]
      }
      return ["items": .array(items), "size": .int(shown.count)]
    case "audit.consistency":
      let (old, new) = (UInt64(params["old"]?.intValue ?? 0), UInt64(params["new"]?.intValue ?? 0))
      return [
        "proof": .array(try Leaves(signed).consistencyProof(old: old, new: new).map { .string($0.base64) })
      ]
    case "audit.prove":
      let seq = provesAnother ? 1 : params["seq"]?.intValue ?? 0
      let proof = try Leaves(signed).inclusionProof(index: UInt64(seq), size: UInt64(signed.count))
      return [
        "index": .int(seq), "leaf": .string(Base64.encode(shown[seq])), "checkpoint": .string(try note()),
        "proof": .array(proof.map { .string($0.base64) }), "verifier_key": .string(signer.verifierKey.text),
      ]
    default:
      return [:]
    }
  }

  private func note() throws -> String {
    var range = CompactRange()
    for leaf in signed { range.append(MerkleTree.leafHash(leaf)) }
    let checkpoint = try Checkpoint(origin: signer.verifierKey.name, size: range.size, root: range.root)
    return try checkpoint.signed(by: signer).encoded
  }
}

/// Nodes computed from the leaves each time.
private struct Leaves: NodeSource {
  let leaves: [[UInt8]]

  init(_ leaves: [[UInt8]]) { self.leaves = leaves }

  func node(_ node: TreeNode) throws -> Digest32 {
    let width = 1 << node.level
    var range = CompactRange()
    for leaf in leaves[Int(node.index) * width..<(Int(node.index) + 1) * width] {
      range.append(MerkleTree.leafHash(leaf))
    }
    return range.root
  }
}
