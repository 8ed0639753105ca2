import GRDB
import StationCrypto

/// The first result of an idempotent call as it is kept: encrypted where the call read or wrote personal data.
struct IdempotentResult {
  let bytes: [UInt8]
  let isSealed: Bool

  init(bytes: [UInt8], isSealed: Bool) {
    self.bytes = bytes
    self.isSealed = isSealed
  }

  init(_ result: [UInt8], isPersonal: Bool, key: [UInt8], _ sealer: Sealer) throws {
    self.init(bytes: isPersonal ? try sealer.sealResult(result, key: key) : result, isSealed: isPersonal)
  }

  /// Whether it is gone, because somebody was erased since; what the call asked is gone with it.
  var isForgotten: Bool { bytes.isEmpty }

  func opened(_ key: [UInt8], _ sealer: Sealer) throws -> [UInt8] {
    isSealed ? try sealer.openResult(bytes, key: key) : bytes
  }
}

extension IdempotencyTable {
  /// Forgets what calls with personal data asked and were answered: whoever holds the store's key can try ID numbers
  /// against a digest. Their keys stay: nothing is done twice.
  static func forgetPersonal(on db: Database) throws {
    try SQL(
      "UPDATE idempotency SET digest = x'', result = x'', personal = NULL WHERE personal NOT NULL", on: db
    ).run()
  }

  /// Digests from before they were keyed. Params can be few enough to be guessed.
  static func keyDigests(_ vault: Vault, on db: Database) throws {
    let rows = try SQL("SELECT seq, digest FROM idempotency WHERE seq > ? ORDER BY seq LIMIT 1000", on: db)
    let update = try SQL("UPDATE idempotency SET digest = ? WHERE seq = ?", on: db)
    var last = Int.min
    while true {
      var page: [(seq: Int, digest: Digest32)] = []
      rows.bind(1, last)
      while try rows.step() {
        if let digest = rows.digest(1) { page.append((rows.int(0), digest)) }
      }
      guard let end = page.last else { return }
      for (seq, digest) in page { try update.bind(1, try vault.digest(digest)).bind(2, seq).run() }
      last = end.seq
    }
  }
}
