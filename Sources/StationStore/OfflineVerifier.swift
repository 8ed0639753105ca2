import Glibc
import StationAudit
import StationCrypto
import StationKit

/// Verification of the state of a daemon that does not run, or of a copy of it.
///
/// Leaves are read one at a time; of what they wrote, ``WriteLedger`` remembers about 100 bytes a record.
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
  private var ledger = WriteLedger()
  private var lastGood: UInt64 = 0
  private var firstBadTile: TreeNode?

  /// Verifies a state directory, or a backup's folder.
  /// - Parameter key: whom to trust; nil takes the state's own key, which whoever could change the state could
  ///   change too.
  /// - Parameter extending: checkpoints that somebody else has kept, which the log must extend as well.
  /// - Throws: ``OfflineFault`` for the first thing that is wrong.
  package static func verify(
    stateDirectory: String, key: VerifierKey? = nil, extending notes: [String] = [],
    progress: @escaping Progress = { _, _ in }
  ) throws(OfflineFault) -> Report {
    let place = StoreConfiguration(directory: stateDirectory, origin: "")
    let trusted = if let key { key } else { try ownKey(place.keyPath) }
    let report = try verify(
      database: place.databasePath, anchorDirectory: place.anchorDirectory, key: trusted,
      extending: notes, progress: progress)
    try checkManifest(BackupFolder(path: stateDirectory), trusted, report.head)
    return report
  }

  /// Verifies a database against the checkpoints in a directory.
  /// - Throws: ``OfflineFault`` for the first thing that is wrong.
  package static func verify(
    database path: String, anchorDirectory: String, key: VerifierKey, extending notes: [String] = [],
    progress: @escaping Progress = { _, _ in }
  ) throws(OfflineFault) -> Report {
    let locks = try hold(beside: path)
    defer { for lock in locks { close(lock) } }
    guard access(path, R_OK) == 0 else {
      throw .inaccessible(FileError(path).description)
    }
    let anchored = try heads(anchorDirectory, key)
    let sealed = try sealedHead(anchorDirectory, key)
    let promises = try ((anchored ?? []) + [sealed].compactMap { $0 } + heads(notes, key))
      .sorted { $0.size < $1.size }
    let database: OfflineDatabase
    do {
      database = try OfflineDatabase(path: path)
    } catch {
      throw .unreadable(error.description, at: 0)
    }
    var verifier = OfflineVerifier(
      database: database, key: key, promises: promises, progress: progress)
    let report = try verifier.run(
      anchorDirectory: anchorDirectory, hasAnchor: anchored != nil, sealed: sealed)
    if let sealed {
      let signed = anchored?.map(\.size).max() ?? 0
      guard signed >= sealed.size else {
        throw .oldAnchor(directory: anchorDirectory, signed: signed, sealed: sealed.size)
      }
    }
    try checkSeal(path, anchorDirectory, key)
    return report
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

  static func ownKey(_ path: String) throws(OfflineFault) -> VerifierKey {
    do {
      guard let bytes = try FileIO.read(path) else { throw OfflineFault.key("\(path) is missing") }
      let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      return try SignerKey(line).verifierKey
    } catch let fault as OfflineFault {
      throw fault
    } catch let error as FileError {
      throw .key(error.description)
    } catch {
      throw .key("\(path) does not hold a signing key, or not all of it")
    }
  }

  /// The daemon's locks, so that none starts meanwhile; fewer where they are not, as beside a copy.
  private static func hold(beside database: String) throws(OfflineFault) -> [Int32] {
    let directory = database.lastIndex(of: "/").map { String(database[..<$0]) } ?? "."
    var held: [Int32] = []
    for path in [directory, StoreConfiguration(directory: directory, origin: "").lockPath] {
      guard let file = try? FileIO.open(path, O_RDONLY, 0) else { continue }
      held.append(file)
      guard flock(file, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
        for file in held { close(file) }
        throw .inUse(directory: directory)
      }
    }
    return held
  }

  private static func checkSeal(
    _ path: String, _ anchorDirectory: String, _ key: VerifierKey
  ) throws(OfflineFault) {
    let state: DatabaseSeal.State
    do {
      state = try DatabaseSeal.state(database: path, anchorDirectory: anchorDirectory, key: key)
    } catch {
      throw .unreadable("\(error)", at: 0)
    }
    if state == .broken { throw .seal }
  }

  /// Compares a backup with its manifest; what is no backup has none.
  private static func checkManifest(
    _ folder: BackupFolder, _ key: VerifierKey, _ head: TreeHead
  ) throws(OfflineFault) {
    let isAsSigned: Bool
    do {
      guard let note = try FileIO.read(folder.manifestPath) else { return }
      let manifest = BackupManifest(opening: note, signedBy: key)
      isAsSigned = try manifest?.head == head && manifest?.isOf(database: folder.databasePath) == true
    } catch {
      throw .inaccessible("\(error)")
    }
    if !isAsSigned { throw .manifest }
  }

  private static func sealedHead(_ directory: String, _ key: VerifierKey) throws(OfflineFault) -> TreeHead? {
    do {
      return try DatabaseSeal.head(anchorDirectory: directory, key: key)
    } catch {
      throw .inaccessible(error.description)
    }
  }

  /// The signed heads; nil when there is no anchor at all.
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
        throw .inaccessible(error.description)
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
    return heads
  }

  private static func heads(_ notes: [String], _ key: VerifierKey) throws(OfflineFault) -> [TreeHead] {
    var heads: [TreeHead] = []
    for note in notes {
      guard let note = try? SignedNote(note), let checkpoint = try? Checkpoint(opening: note, signedBy: key)
      else {
        throw .foreignCheckpoint
      }
      heads.append(checkpoint.head)
    }
    return heads
  }

  // MARK: - The log

  private mutating func run(
    anchorDirectory: String, hasAnchor: Bool, sealed: TreeHead?
  ) throws(OfflineFault) -> Report {
    do {
      if let code = try CoreSchema.foreignCode({ try database.prepare($0) }) { throw OfflineFault.code(code) }
      let inexact = try readLog()
      if inexact == nil, let sealed, tree.size > sealed.size {
        throw OfflineFault.record(seq: sealed.size, .added)
      }
      if !hasAnchor, tree.size > 0 {
        throw OfflineFault.noAnchor(directory: anchorDirectory, size: tree.size)
      }
      let found = try ledger.compare(with: database)
      // A record of a module may tell which of many leaves was changed.
      if let inexact {
        guard case .record(let seq, _)? = found.fault, seq <= inexact.upperBound else {
          throw OfflineFault.records(inexact)
        }
      }
      if let fault = found.fault { throw fault }
      if let firstBadTile {
        throw OfflineFault.tile(level: firstBadTile.level, index: firstBadTile.index)
      }
      try checkTileCounts()
      return Report(
        origin: key.name, head: tree.head,
        anchor: promises.last ?? TreeHead(size: 0, root: MerkleTree.emptyRoot), records: found.records,
        collections: found.collections, details: details, erasedDetails: erasedDetails)
    } catch let fault as OfflineFault {
      throw fault
    } catch {
      throw .unreadable("\(error)", at: tree.size)
    }
  }

  /// Recomputes the tree. Returns the records of which some are not what was signed.
  private mutating func readLog() throws -> ClosedRange<UInt64>? {
    guard try hasLog() else { throw OfflineFault.truncated(size: 0, promised: promises.last?.size ?? 0) }
    let count = try database.prepare("SELECT count(*) FROM audit")
    let size = try count.step() ? UInt64(count.int(0)) : 0
    count.done()
    let tile = try database.prepare("SELECT hash FROM tile WHERE level = ? AND idx = ?")
    let leaves = try database.prepare("SELECT seq, leaf, detail, salt FROM audit ORDER BY seq")
    var wrong = checkPromises()
    // The rest is read in any case: what it wrote belongs in the ledger.
    while try leaves.step() {
      let seq = tree.size
      do {
        try readLeaf(leaves, seq)
      } catch let problem as OfflineLeaf.Problem {
        if let wrong { throw OfflineFault.records(wrong) }
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
        guard try tile.step(), tile.digest(0) == hash else {
          bad = bad ?? node
          return
        }
      }
      firstBadTile = firstBadTile ?? bad
      wrong = wrong ?? checkPromises()
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

  /// A database that lost its WAL before anything was moved out of it has no tables at all.
  private func hasLog() throws -> Bool {
    let table = try database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit'")
    defer { table.done() }
    return try table.step()
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
    for item in leaf.written { ledger.note(item, seq: seq) }
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
}
