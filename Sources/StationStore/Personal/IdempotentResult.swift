import GRDB
import StationCrypto

/// The first result of an idempotent call as it is kept.
struct IdempotentResult {
  /// What becomes of it when somebody is erased; the raw values are stored.
  enum Personal: Int {
    /// The call read or wrote personal data and tells none: what it asked is forgotten.
    case asked = 0
    /// The method discloses personal data: the result is encrypted, and both are forgotten.
    case told = 1
  }

  let bytes: [UInt8]
  /// nil where there is no personal data in it.
  let personal: Personal?

  init(bytes: [UInt8], personal: Personal?) {
    self.bytes = bytes
    self.personal = personal
  }

  init(_ result: [UInt8], discloses: Bool, asksPersonal: Bool, key: [UInt8], _ sealer: Sealer) throws {
    if discloses {
      self.init(bytes: try sealer.sealResult(result, key: key), personal: .told)
    } else {
      self.init(bytes: result, personal: asksPersonal ? .asked : nil)
    }
  }

  /// Whether it is gone, because somebody was erased since; what the call asked is gone with it.
  var isForgotten: Bool { bytes.isEmpty }

  func opened(_ key: [UInt8], _ sealer: Sealer) throws -> [UInt8] {
    personal == .told ? try sealer.openResult(bytes, key: key) : bytes
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
