import GRDB
import GRDBSQLite
import StationAudit
import StationCrypto
import StationKit

/// The append side of the log: the frontier of the tree, on the writer's thread.
struct AuditLog {
  private(set) var tree: CompactRange
  private static let insert = HotSQL("INSERT INTO audit(seq, leaf, detail, salt) VALUES (?, ?, ?, ?)")
  private static let insertTile = HotSQL("INSERT INTO tile(level, idx, hash) VALUES (?, ?, ?)")

  /// Reads the frontier of the stored tree: at most 255 leaves and 255 tiles a level.
  init(loading db: Database) throws {
    let size = try LogReader(db).size()
    tree = try CompactRange(size: size, from: TiledNodes(LogReader(db)))
  }

  /// Appends one record in the transaction under way.
  mutating func append(
    cause: Cause, at: Instant, outcome: String, rule: String? = nil, via: [String] = [],
    read: [Touched] = [], written: [Touched] = [], salts: SaltPool, _ hot: HotStatements
  ) throws {
    var salt: [UInt8]?
    var commitment: Digest32?
    if let detail = cause.detail {
      let fresh = try salts.salt()
      commitment = Self.commitment(salt: fresh, detail: detail)
      salt = fresh
    }
    let leaf = AuditLeaf.encode(
      seq: tree.size, at: at, cause: cause, outcome: outcome, rule: rule, via: via, read: read,
      written: written, detail: commitment)
    let statement = try hot.sql(Self.insert)
    statement.bind(1, Int(tree.size)).bind(2, blob: leaf)
    if let detail = cause.detail, let salt {
      statement.bind(3, blob: detail).bind(4, blob: salt)
    } else {
      statement.bindNull(3).bindNull(4)
    }
    do {
      try statement.run()
    } catch {
      throw error.primary == SQLITE_CONSTRAINT ? .notAlone : error
    }
    try tree.append(MerkleTree.leafHash(leaf)) { node, hash in
      guard TiledNodes<LogReader>.isKept(level: node.level) else { return }
      try hot.sql(Self.insertTile)
        .bind(1, node.level).bind(2, Int(node.index)).bind(3, hash).run()
    }
  }

  static func commitment(salt: [UInt8], detail: [UInt8]) -> Digest32 {
    var hash = SHA256()
    hash.update(salt)
    hash.update(detail)
    return hash.finalize()
  }
}

/// The read side of the log, on any connection.
package struct LogReader: TileSource {
  let db: Database

  init(_ db: Database) { self.db = db }

  /// How many records the log has.
  package func size() throws -> UInt64 {
    let statement = try SQL("SELECT coalesce(max(seq) + 1, 0) FROM audit", on: db)
    defer { statement.done() }
    return try statement.step() ? UInt64(statement.int(0)) : 0
  }

  package func leafHashes(_ range: Range<UInt64>) throws -> [Digest32] {
    var hashes: [Digest32] = []
    hashes.reserveCapacity(range.count)
    try forEachLeaf(range) { _, leaf in hashes.append(MerkleTree.leafHash(leaf)) }
    return hashes
  }

  package func tileRoots(level: Int, _ range: Range<UInt64>) throws -> [Digest32] {
    let statement = try SQL(
      "SELECT hash FROM tile WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx", on: db)
    statement.bind(1, level).bind(2, Int(range.lowerBound)).bind(3, Int(range.upperBound))
    defer { statement.done() }
    var hashes: [Digest32] = []
    while try statement.step() {
      guard let hash = statement.digest(0) else { throw SQLError(11, "tile of a wrong size") }
      hashes.append(hash)
    }
    return hashes
  }

  /// Every leaf of the range, in order; the bytes live only during the call.
  package func forEachLeaf(
    _ range: Range<UInt64>, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let statement = try SQL(
      "SELECT seq, leaf FROM audit WHERE seq >= ? AND seq < ? ORDER BY seq", on: db)
    statement.bind(1, Int(range.lowerBound)).bind(2, Int(range.upperBound))
    defer { statement.done() }
    while try statement.step() {
      try statement.withBlob(1) { try body(UInt64(statement.int(0)), $0) }
    }
  }

  /// A record's leaf and what is kept beside it.
  package func entry(_ seq: UInt64) throws -> AuditEntry? {
    let statement = try SQL("SELECT leaf, detail FROM audit WHERE seq = ?", on: db).bind(1, Int(seq))
    defer { statement.done() }
    guard try statement.step() else { return nil }
    return AuditEntry(
      seq: seq, leaf: statement.blob(0), detail: statement.isNull(1) ? nil : statement.blob(1))
  }

  /// The records of a range, from its beginning, or with `newestFirst` from its end: as many as have so many bytes
  /// together, and one at least. A single record can have hundreds of kilobytes.
  package func entries(
    _ range: Range<UInt64>, newestFirst: Bool = false, bytes: Int = .max
  ) throws -> [AuditEntry] {
    let statement = try SQL(
      "SELECT seq, leaf FROM audit WHERE seq >= ? AND seq < ? ORDER BY seq \(newestFirst ? "DESC" : "")",
      on: db)
    statement.bind(1, Int(range.lowerBound)).bind(2, Int(range.upperBound))
    defer { statement.done() }
    var entries: [AuditEntry] = []
    var left = bytes
    while try statement.step() {
      let entry = AuditEntry(seq: UInt64(statement.int(0)), leaf: statement.blob(1), detail: nil)
      left -= entry.leaf.count
      if left < 0, !entries.isEmpty { break }
      entries.append(entry)
    }
    return entries
  }

  /// Records that wrote a version of a stored record, the newest first, looking backwards from `before`.
  /// - Returns: what was found, and where to go on looking; nil when the beginning was reached.
  package func writers(
    of collection: String, _ id: String, before: UInt64, looking: Int
  ) throws -> (found: [(seq: UInt64, version: Int)], next: UInt64?) {
    let from = before > UInt64(looking) ? before - UInt64(looking) : 0
    // As the leaf has it: ["collection","id",
    let needle = Array(JSONValue.array([.string(collection), .string(id)]).encoded().dropLast()) + [0x2C]
    let statement = try SQL(
      "SELECT seq, leaf FROM audit WHERE seq >= ? AND seq < ? AND instr(leaf, ?) ORDER BY seq DESC", on: db)
    statement.bind(1, Int(from)).bind(2, Int(before)).bind(3, blob: needle)
    defer { statement.done() }
    var found: [(seq: UInt64, version: Int)] = []
    while try statement.step() {
      let leaf = try statement.withBlob(1) { try JSONParser.parse($0) }
      let written = leaf["written"]?.arrayValue?.last { item in
        item.arrayValue?.first?.stringValue == collection
          && item.arrayValue?.dropFirst().first?.stringValue == id
      }
      if let version = written?.arrayValue?.dropFirst(2).first?.intValue {
        found.append((UInt64(statement.int(0)), version))
      }
    }
    return (found, from > 0 ? from : nil)
  }

  package func inclusionProof(_ seq: UInt64, size: UInt64) throws -> [Digest32] {
    try TiledNodes(self).inclusionProof(index: seq, size: size)
  }

  package func consistencyProof(old: UInt64, new: UInt64) throws -> [Digest32] {
    try TiledNodes(self).consistencyProof(old: old, new: new)
  }

  package func root(size: UInt64) throws -> Digest32 { try TiledNodes(self).root(size: size) }
}

/// One audit record as stored.
package struct AuditEntry: Sendable {
  package let seq: UInt64
  package let leaf: [UInt8]
  package let detail: [UInt8]?
}
