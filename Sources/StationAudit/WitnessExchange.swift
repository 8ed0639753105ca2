import StationCrypto

/// What a log sends to a witness: `POST <prefix>/add-checkpoint` (C2SP tlog-witness).
package struct WitnessRequest: Sendable, Equatable {
  /// The size of the checkpoint that the witness cosigned last; 0 where that is not known.
  package let old: UInt64
  /// That the checkpoint's tree extends the one of `old` records; empty where `old` is 0.
  package let proof: [Digest32]
  /// The log's signed note.
  package let checkpoint: String

  package init(old: UInt64, proof: [Digest32], checkpoint: String) {
    self.old = old
    self.proof = proof
    self.checkpoint = checkpoint
  }

  package var body: String {
    proof.reduce(into: "old \(old)\n") { $0 += $1.base64 + "\n" } + "\n" + checkpoint
  }
}

/// What a witness answers (C2SP tlog-witness).
package enum WitnessAnswer: Sendable, Equatable {
  /// Signature lines, not verified yet.
  case cosigned(String)
  /// The size of the checkpoint that it cosigned last: the request's `old` is another, or a tree of this size had
  /// another root.
  case conflict(UInt64)
  /// The tree does not extend the one that it cosigned last.
  case inconsistent
  /// It does not know the log (404), or not this key for it (403).
  case unknownLog
  /// Anything else, with the status.
  case other(Int)

  /// Bytes of an answer at most: a hundred signature lines are less.
  package static let maximumBytes = 64 << 10

  package init(status: Int, contentType: String, body: [UInt8]) {
    let type = contentType.prefix { $0 != ";" }.lowercased()
    switch status {
    case 200:
      if let text = String(validating: body, as: UTF8.self) {
        self = .cosigned(text)
      } else {
        self = .other(200)
      }
    case 409:
      if type == "text/x.tlog.size", body.last == UInt8(ascii: "\n"),
        let size = Decimal.parse(body.dropLast()),
        size <= MerkleTree.maximumSize
      {
        self = .conflict(size)
      } else {
        self = .other(409)
      }
    case 422: self = .inconsistent
    case 403, 404: self = .unknownLog
    default: self = .other(status)
    }
  }
}
