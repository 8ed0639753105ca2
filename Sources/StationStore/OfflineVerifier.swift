import Glibc
import StationAudit
import StationCrypto
import StationKit

/// Verification of the state of a daemon that does not run, or of a copy of it.
///
/// Leaves are read one at a time. What is remembered of them is, for each record that any of them wrote, who
/// wrote it last: about 100 bytes a record, whatever its size.
package struct OfflineVerifier {
  /// What was verified.
  package struct Report: Sendable, Equatable {
    /// The log's name.
    package let origin: String
    /// The log as it is stored.
    package let head: TreeHead
    /// The newest signed checkpoint outside the database. Later records are chained, but nobody signed them.
    package let anchor: TreeHead
    /// Records of modules, each as its last entry in the log says.
    package let records: Int
    /// Collections that have a table.
    package let collections: Int
    /// Details beside the log that match their commitments.
    package let details: Int
    /// Details that were erased; their commitments stay in the log.
    package let erasedDetails: Int

    /// How many records at the end no checkpoint covers yet.
    package var unsigned: UInt64 { head.size - anchor.size }
  }

  /// Called with how many records of the log are done, and how many there are.
  package typealias Progress = (UInt64, UInt64) -> Void

  private let database: OfflineDatabase
  private let key: VerifierKey
  /// The heads that are signed outside the database, the smallest first.
  private let promises: [TreeHead]
  private let progress: Progress

  private var tree = CompactRange()
  private var details = 0
  private var erasedDetails = 0
  private var lastWrites: [Digest32: LastWrite] = [:]
  private var lastGood: UInt64 = 0
  private var firstBadTile: TreeNode?

  /// The last entry in the log for one record of a module.
  private struct LastWrite {
    let seq: UInt64
    let version: Int
    let commitment: Digest32
  }

  /// Verifies a state directory.
  /// - Parameter key: whom to trust; nil takes the state's own key, which whoever could change the state could
  ///   change too.
  /// - Throws: ``OfflineFault`` for the first thing that is wrong.
  package static func verify(
    stateDirectory: String, key: VerifierKey? = nil, progress: Progress = { _, _ in }
  ) throws(OfflineFault) -> Report {
    let place = StoreConfiguration(directory: stateDirectory, origin: "")
    return try verify(
      database: place.databasePath, anchorDirectory: place.anchorDirectory,
      key: try key ?? ownKey(place.keyPath), progress: progress)
  }

  /// Verifies a database against the checkpoints in a directory.
  /// - Throws: ``OfflineFault`` for the first thing that is wrong.
  package static func verify(
    database path: String, anchorDirectory: String, key: VerifierKey,
    progress: Progress = { _, _ in }
  ) throws(OfflineFault) -> Report {
    let lock = try hold(beside: path)
    defer { if let lock { close(lock) } }
    guard access(path, R_OK) == 0 else {
      throw .unreadable(FileError(path).description, at: 0)
    }
    let promises = try heads(anchorDirectory, key)
    // The closure does not outlive this call.
    return try withoutActuallyEscaping(progress) { (progress) throws(OfflineFault) -> Report in
      let database: OfflineDatabase
      do {
        database = try OfflineDatabase(path: path)
      } catch {
        throw .unreadable(error.description, at: 0)
      }
      var verifier = OfflineVerifier(
        database: database, key: key, promises: promises ?? [], progress: progress)
      return try verifier.run(anchorDirectory: anchorDirectory, hasAnchor: promises != nil)
    }
  }

  private init(
    database: OfflineDatabase, key: VerifierKey, promises: [TreeHead], progress: @escaping Progress
  ) {
    self.database = database
    self.key = key
    self.promises = promises
    self.progress = progress
  }

  // MARK: - What stands outside the database

  private static func ownKey(_ path: String) throws(OfflineFault) -> VerifierKey {
    do {
      guard let bytes = try FileIO.read(path) else { throw OfflineFault.key("\(path) is missing") }
      let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      return try SignerKey(line).verifierKey
    } catch let fault as OfflineFault {
      throw fault
    } catch {
      throw .key("\(path): \(error)")
    }
  }

  /// The daemon's lock, so that none starts meanwhile; nil where there is none, as beside a copy.
  private static func hold(beside database: String) throws(OfflineFault) -> Int32? {
    let directory = database.lastIndex(of: "/").map { String(database[..<$0]) } ?? "."
    let path = StoreConfiguration(directory: directory, origin: "").lockPath
    guard let file = try? FileIO.open(path, O_RDONLY, 0) else { return nil }
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else {
      close(file)
      throw .inUse(directory: directory)
    }
    return file
  }

  /// The signed heads, the smallest first; nil when there is no anchor at all.
  private static func heads(
    _ directory: String, _ key: VerifierKey
  ) throws(OfflineFault) -> [TreeHead]? {
    var heads: [TreeHead] = []
    var bytesSeen = false
    for name in Anchor.fileNames {
      let content: [UInt8]?
      do {
        content = try FileIO.read("\(directory)/\(name)")
      } catch {
        throw .unreadable(error.description, at: 0)
      }
      guard let content, !content.isEmpty else { continue }
      bytesSeen = true
      // One of the two may be cut short by a crash.
      if let note = try? SignedNote(content),
        let checkpoint = try? Checkpoint(opening: note, signedBy: key)
      {
        heads.append(checkpoint.head)
      }
    }
    guard bytesSeen else { return nil }
    guard !heads.isEmpty else { throw .foreignAnchor(directory: directory) }
    return heads.sorted { $0.size < $1.size }
  }

  // MARK: - The log

  private mutating func run(
    anchorDirectory: String, hasAnchor: Bool
  ) throws(OfflineFault) -> Report {
    do {
      let inexact = try readLog()
      if !hasAnchor, tree.size > 0 {
        throw OfflineFault.noAnchor(directory: anchorDirectory, size: tree.size)
      }
      let (records, collections, fault) = try compareRecords()
      // A record of a module may tell which of many leaves was changed.
      if let inexact {
        guard case .record(let seq, _)? = fault, seq <= inexact.upperBound else {
          throw OfflineFault.records(inexact)
        }
      }
      if let fault { throw fault }
      if let firstBadTile {
        throw OfflineFault.tile(level: firstBadTile.level, index: firstBadTile.index)
      }
      try checkTileCounts()
      return Report(
        origin: key.name, head: tree.head,
        anchor: promises.last ?? TreeHead(size: 0, root: MerkleTree.emptyRoot), records: records,
        collections: collections, details: details, erasedDetails: erasedDetails)
    } catch let fault as OfflineFault {
      throw fault
    } catch {
      throw .unreadable("\(error)", at: tree.size)
    }
  }

  /// Recomputes the tree. Returns the records of which some are not what was signed.
  private mutating func readLog() throws -> ClosedRange<UInt64>? {
    let count = try database.prepare("SELECT count(*) FROM audit")
    let size = try count.step() ? UInt64(count.int(0)) : 0
    count.done()
    let tile = try database.prepare("SELECT hash FROM tile WHERE level = ? AND idx = ?")
    let leaves = try database.prepare("SELECT seq, leaf, detail, salt FROM audit ORDER BY seq")
    var wrong = checkPromises()
    while wrong == nil, try leaves.step() {
      let seq = tree.size
      do {
        try readLeaf(leaves, seq)
      } catch let problem as OfflineLeaf.Problem {
        if let node = firstBadTile, Self.leaves(of: node).upperBound < seq {
          throw OfflineFault.records(Self.leaves(of: node))
        }
        throw OfflineFault.record(seq: seq, problem.defect)
      }
      let hash = leaves.withBlob(1) { MerkleTree.leafHash($0) }
      var bad: TreeNode?
      try tree.append(hash) { node, hash in
        guard TiledNodes<LogReader>.isKept(level: node.level) else { return }
        tile.bind(1, node.level).bind(2, Int(node.index))
        defer { tile.done() }
        guard try tile.step(), tile.digest(0) == hash else { return bad = bad ?? node }
      }
      firstBadTile = firstBadTile ?? bad
      wrong = checkPromises()
      if tree.size.isMultiple(of: 4096) { progress(tree.size, size) }
    }
    leaves.done()
    progress(tree.size, size)
    if let wrong { return wrong }
    if let promise = promises.last, promise.size > tree.size {
      throw OfflineFault.truncated(size: tree.size, promised: promise.size)
    }
    // No checkpoint says whether the leaves or the stored root is at fault.
    if let node = firstBadTile, Self.leaves(of: node).upperBound >= lastGood { return Self.leaves(of: node) }
    return nil
  }

  private mutating func readLeaf(_ row: SQL, _ seq: UInt64) throws {
    guard UInt64(exactly: row.int(0)) == seq else {
      throw OfflineLeaf.Problem(.sequence(found: row.int(0)))
    }
    let leaf = try row.withBlob(1) { try OfflineLeaf($0, seq: seq) }
    switch (leaf.detail, row.isNull(2)) {
    case (nil, true): break
    case (nil, false): throw OfflineLeaf.Problem(.detail)
    case (_?, true): erasedDetails += 1
    case (let commitment?, false):
      guard AuditLog.commitment(salt: row.blob(3), detail: row.blob(2)) == commitment else {
        throw OfflineLeaf.Problem(.detail)
      }
      details += 1
    }
    for item in leaf.written {
      lastWrites[Self.name(item.collection, item.id)] = LastWrite(
        seq: seq, version: item.version, commitment: item.commitment)
    }
  }

  /// Compares with the checkpoints of this size; the records at fault where one differs.
  private mutating func checkPromises() -> ClosedRange<UInt64>? {
    for promise in promises where promise.size == tree.size {
      guard promise.root == tree.root else {
        let last = max(lastGood, promise.size - 1)
        guard let node = firstBadTile else { return lastGood...last }
        let tile = Self.leaves(of: node)
        let first = max(lastGood, tile.lowerBound)
        return first...max(first, min(last, tile.upperBound))
      }
      lastGood = promise.size
    }
    return nil
  }

  private static func leaves(of node: TreeNode) -> ClosedRange<UInt64> {
    let level = UInt64(node.level)
    return node.index << level...(node.index + 1) << level - 1
  }

  private func checkTileCounts() throws {
    let tiles = try database.prepare("SELECT level, count(*), max(idx) FROM tile GROUP BY level")
    while try tiles.step() {
      let level = tiles.int(0)
      let expected = (1...63).contains(level) ? Int(tree.size >> UInt64(level)) : 0
      guard TiledNodes<LogReader>.isKept(level: level), tiles.int(1) == expected else {
        throw OfflineFault.tile(level: level, index: UInt64(max(0, tiles.int(2))))
      }
    }
    tiles.done()
  }

  // MARK: - The records of modules

  /// Compares every stored record with the last entry in the log that wrote it, and the other way round.
  /// Returns the fault with the lowest number; a record that nothing wrote has none, and comes last.
  private mutating func compareRecords() throws -> (
    records: Int, collections: Int, fault: OfflineFault?
  ) {
    var first: (seq: UInt64, defect: OfflineFault.Defect)?
    var unlogged: OfflineFault?
    var records = 0
    let tables = try tables()
    for table in tables {
      let rows = try database.prepare(
        "SELECT id, version, salt, body FROM \"\(table.replacing("\"", with: "\"\""))\"")
      while try rows.step() {
        records += 1
        let id = rows.text(0)
        guard let last = lastWrites.removeValue(forKey: Self.name(table, id)), last.version > 0 else {
          unlogged = unlogged ?? .unlogged(collection: table, id: id)
          continue
        }
        guard let defect = Self.defect(rows, table, id, last) else { continue }
        if last.seq < first?.seq ?? .max { first = (last.seq, defect) }
      }
      rows.done()
    }
    for (name, last) in lastWrites where last.version > 0 && last.seq < first?.seq ?? .max {
      first = (last.seq, try missing(name, last.seq))
    }
    let fault = first.map { OfflineFault.record(seq: $0.seq, $0.defect) } ?? unlogged
    return (records, tables.count, fault)
  }

  /// Collections have a dot in their names, the store's own tables have none.
  private func tables() throws -> [String] {
    let list = try database.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND instr(name, '.') > 0 ORDER BY name")
    var tables: [String] = []
    while try list.step() { tables.append(list.text(0)) }
    list.done()
    return tables
  }

  private static func defect(
    _ row: SQL, _ table: String, _ id: String, _ last: LastWrite
  ) -> OfflineFault.Defect? {
    let version = row.int(1)
    guard version == last.version else {
      return .version(collection: table, id: id, stored: version, logged: last.version)
    }
    let commitment = row.withBlob(2) { salt in
      row.withBlob(3) {
        Touched.commitment(salt: salt, collection: table, id: id, version: version, body: $0)
      }
    }
    return commitment == last.commitment ? nil : .content(collection: table, id: id)
  }

  /// The names that a digest stands for are in the leaf that it came from.
  private func missing(_ name: Digest32, _ seq: UInt64) throws -> OfflineFault.Defect {
    let row = try database.prepare("SELECT leaf FROM audit WHERE seq = ?").bind(1, Int(seq))
    defer { row.done() }
    let leaf = try row.step() ? row.withBlob(0) { try? OfflineLeaf($0, seq: seq) } : nil
    let item = leaf?.written.first { Self.name($0.collection, $0.id) == name }
    return .missing(collection: item?.collection ?? "", id: item?.id ?? "")
  }

  private static func name(_ collection: String, _ id: String) -> Digest32 {
    var bytes = Array(collection.utf8)
    bytes.append(0)
    bytes.append(contentsOf: id.utf8)
    return SHA256.hash(bytes)
  }
}
