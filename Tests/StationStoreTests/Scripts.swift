import Foundation
import StationAudit
import StationKit
import StationStore
import Synchronization

/// What the test modules' handlers run, by number.
final class Scripts: Sendable {
  private let writes = Mutex<[WriteScript]>([])
  private let firing = Mutex<(@Sendable (Deadline, CallContext, any Transaction) throws -> Void)?>(nil)

  func add(_ script: @escaping WriteScript) -> Int {
    writes.withLock {
      $0.append(script)
      return $0.count - 1
    }
  }

  func add(_ script: @escaping ReadScript) -> Int {
    reads.withLock {
      $0.append(script)
      return $0.count - 1
    }
  }
  private let reads = Mutex<[ReadScript]>([])

  func run(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let number = try params.int("script")
    return try writes.withLock { $0[number] }(tx, context)
  }

  func look(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let number = try params.int("script")
    return try reads.withLock { $0[number] }(tx, context)
  }

  /// Sets what the deadline `test.bell` does.
  func onFire(_ body: @escaping @Sendable (Deadline, CallContext, any Transaction) throws -> Void) {
    firing.withLock { $0 = body }
  }

  func fire(_ deadline: Deadline, _ context: CallContext, _ tx: any Transaction) throws {
    try firing.withLock { $0 }?(deadline, context, tx)
  }
}

/// Things that other threads tell, in order.
final class Log<Item: Sendable>: Sendable {
  private let items = Mutex<[Item]>([])
  var all: [Item] { items.withLock { $0 } }
  func add(_ item: Item) { items.withLock { $0.append(item) } }
  func add(contentsOf more: [Item]) { items.withLock { $0 += more } }
}

/// A directory that goes with its owner.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "stationd-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A copy of everything but the lock, as somebody would take it away for evidence.
  func copy() throws -> TemporaryDirectory {
    let copy = try TemporaryDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where name != "stationd.lock" {
      try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(copy.path)/\(name)")
    }
    return copy
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The files of the anchor, each with the size of the log that it promises; 0 where it is no checkpoint.
  var checkpoints: [(path: String, size: UInt64)] {
    Anchor.fileNames.map { name in
      let path = file("anchor/\(name)")
      let note = try? SignedNote([UInt8](FileManager.default.contents(atPath: path) ?? Data()))
      return (path, (note.flatMap { try? Checkpoint(text: $0.text) })?.size ?? 0)
    }
  }
}
