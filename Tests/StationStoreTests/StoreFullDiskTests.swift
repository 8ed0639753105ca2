import Foundation
import Glibc
import StationKit
import StationStore
import Testing

/// A small file system of its own; nil where this user may not mount one.
private final class SmallDisk {
  let directory: TemporaryDirectory

  init?(megabytes: Int) {
    guard getuid() == 0, let directory = try? TemporaryDirectory(),
      mount("tmpfs", directory.path, "tmpfs", 0, "size=\(megabytes)m") == 0
    else { return nil }
    self.directory = directory
  }

  deinit { umount2(directory.path, Int32(MNT_DETACH)) }

  func grow(megabytes: Int) -> Bool {
    mount("tmpfs", directory.path, "tmpfs", UInt(MS_REMOUNT), "size=\(megabytes)m") == 0
  }
}

@Suite struct StoreFullDiskTests {
  private static let body = String(repeating: "x", count: 20_000)

  /// Fills the disk; returns how many records were answered with success.
  private static func fill(_ bench: Bench) async -> (made: Int, refusal: RPCError?) {
    for number in 0..<500 {
      let answer = await bench.write { tx, _ in
        .string(
          try tx.create("item", id: "\(number)", ["name": .string("\(number)"), "note": .string(body)]).id)
      }
      if case .failure(let error) = answer { return (number, error) }
    }
    return (500, nil)
  }

  @Test func `on a full disk nothing is answered that is not kept, and it goes on when there is room`()
    async throws
  {
    guard let disk = SmallDisk(megabytes: 2) else { return }
    let bench = try Bench(in: disk.directory)
    let (made, refusal) = await Self.fill(bench)
    #expect(refusal?.kind == .storageFull && refusal?.retryAfterMs != nil)
    #expect(bench.store.health.now.trouble == .storageFull)
    #expect(bench.broken.all.isEmpty)
    // A refusal needs a record too.
    let denied = await bench.write { _, _ in throw RPCError(.denied) }
    #expect(denied.kind == .storageFull || denied.kind == .denied)
    let recorded = denied.kind == .denied ? 1 : 0
    #expect(await bench.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value == .int(made))
    #expect(disk.grow(megabytes: 16))
    #expect(await bench.write { tx, _ in .int(try tx.next(series: "s")) }.value == 1)
    #expect(bench.store.health.now.trouble == nil)
    let again = try bench.reopened()
    #expect(await again.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value == .int(made))
    #expect(try again.logSize == UInt64(made + 1 + recorded))
    again.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: disk.directory.path).records == made)
  }

  @Test func `a handler that lets a full disk pass does not get its call through`() async throws {
    guard let disk = SmallDisk(megabytes: 2) else { return }
    let bench = try Bench(in: disk.directory)
    let answer = await bench.write { tx, _ in
      _ = try tx.create("item", id: "first", ["name": "first"])
      for number in 0..<4000 {
        _ = try? tx.create(
          "item", id: "\(number)", ["name": .string("\(number)"), "note": .string(Self.body)])
      }
      return "done"
    }
    #expect(answer.value == nil)
    #expect(disk.grow(megabytes: 256))
    let stored = await bench.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value
    #expect(stored == 0)
    #expect(await bench.write { _, _ in 1 }.value == 1)
    bench.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: disk.directory.path).records == 0)
  }
}
