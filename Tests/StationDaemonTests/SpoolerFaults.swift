import Foundation
import StationDaemon
import StationKit
import Synchronization

/// Ends a daemon at its n-th step: nothing that it does afterwards has any effect.
final class Fuse: Sendable {
  private let state: Mutex<(left: Int, isBlown: Bool)>

  init(at step: Int) { state = Mutex((step, false)) }

  var isBlown: Bool { state.withLock { $0.isBlown } }

  /// Whether the daemon is dead now.
  func burn() -> Bool {
    state.withLock { state in
      state.left -= 1
      if state.left <= 0 { state.isBlown = true }
      return state.isBlown
    }
  }

  func step() throws(FileFault) {
    if burn() { throw FileFault("killed", code: 4) }
  }
}

/// Files of a daemon that is killed before, within or after any operation.
struct MortalFiles: SpoolFiles {
  let files: any SpoolFiles
  let fuse: Fuse

  private func step<T>(_ body: () throws(FileFault) -> T) throws(FileFault) -> T {
    try fuse.step()
    let result = try body()
    try fuse.step()
    return result
  }

  func names(in folder: SpoolFolder, limit: Int) throws(FileFault) -> [FileName] {
    try step { () throws(FileFault) in try files.names(in: folder, limit: limit) }
  }

  func read(_ name: FileName, in folder: SpoolFolder, limit: Int) throws(FileFault) -> SpoolEntry? {
    try step { () throws(FileFault) in try files.read(name, in: folder, limit: limit) }
  }

  func write(_ bytes: [UInt8], to name: FileName, isShared: Bool) throws(FileFault) {
    try fuse.step()
    // A kill in the middle of a write leaves a part.
    try files.write(Array(bytes.prefix(bytes.count / 2)), to: name, isShared: isShared)
    try fuse.step()
    try files.write(bytes, to: name, isShared: isShared)
    try fuse.step()
  }

  func move(
    _ name: FileName, from: SpoolFolder, to: SpoolFolder, as other: FileName
  ) throws(FileFault) -> MoveOutcome {
    try step { () throws(FileFault) in try files.move(name, from: from, to: to, as: other) }
  }

  func remove(_ name: FileName, in folder: SpoolFolder) throws(FileFault) {
    try step { () throws(FileFault) in try files.remove(name, in: folder) }
  }
}

/// The store of a daemon that is killed before a call, or before it hears of the answer.
struct MortalLedger: SpoolLedger {
  let ledger: any SpoolLedger
  let fuse: Fuse

  func call(_ method: String, _ params: JSONObject) throws(RPCError) -> JSONValue {
    if fuse.burn() { throw RPCError(.unavailable) }
    let answer = try ledger.call(method, params)
    if fuse.burn() { throw RPCError(.unavailable) }
    return answer
  }
}

/// Files to which something happens in between.
struct HauntedFiles: SpoolFiles {
  let files: any SpoolFiles
  /// After a file of `in` was read.
  var afterRead: @Sendable (FileName) -> Void = { _ in }
  /// What a name of `in` is read as, if not as it is.
  var shown: @Sendable (FileName) -> SpoolEntry.Content? = { _ in nil }
  /// Names that cannot be moved.
  var stuck: Set<FileName> = []

  func names(in folder: SpoolFolder, limit: Int) throws(FileFault) -> [FileName] {
    try files.names(in: folder, limit: limit)
  }

  func read(_ name: FileName, in folder: SpoolFolder, limit: Int) throws(FileFault) -> SpoolEntry? {
    let entry = try files.read(name, in: folder, limit: limit)
    guard folder == .incoming else { return entry }
    afterRead(name)
    guard let content = shown(name), let entry else { return entry }
    return SpoolEntry(content, identity: entry.identity)
  }

  func write(_ bytes: [UInt8], to name: FileName, isShared: Bool) throws(FileFault) {
    try files.write(bytes, to: name, isShared: isShared)
  }

  func move(
    _ name: FileName, from: SpoolFolder, to: SpoolFolder, as other: FileName
  ) throws(FileFault) -> MoveOutcome {
    if stuck.contains(name) { throw FileFault("rename", code: 13) }
    return try files.move(name, from: from, to: to, as: other)
  }

  func remove(_ name: FileName, in folder: SpoolFolder) throws(FileFault) {
    try files.remove(name, in: folder)
  }
}

/// A store that refuses its next calls of a method.
final class SickLedger: SpoolLedger {
  private let ledger: any SpoolLedger
  private let method: String
  private let refusals: Mutex<[RPCError]>

  init(_ ledger: any SpoolLedger, _ method: String, _ refusals: [RPCError]) {
    self.ledger = ledger
    self.method = method
    self.refusals = Mutex(refusals)
  }

  func call(_ method: String, _ params: JSONObject) throws(RPCError) -> JSONValue {
    if method == self.method, let refusal = refusals.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      throw refusal
    }
    return try ledger.call(method, params)
  }
}
