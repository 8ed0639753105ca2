import StationCrypto
import Synchronization

/// The keys of an open store: the master keys, and what the blind index is keyed with. Shared by all threads.
package final class Vault: Sendable {
  struct Keys: Sendable {
    /// The one that wraps what is new.
    var current: MasterKey?
    /// Those that something may still be wrapped with, while a rotation is under way.
    var former: [MasterKey] = []
    /// The next one, until the rotation to it is on disk.
    var offered: MasterKey?
    var index: HMACSHA256?

    func master(_ id: UInt64) -> MasterKey? {
      if let current, current.id == id { return current }
      return former.first { $0.id == id } ?? (offered?.id == id ? offered : nil)
    }
  }

  private let stored = Mutex(Keys())
  private let health: HealthBoard

  init(health: HealthBoard) { self.health = health }

  var keys: Keys { stored.withLock { $0 } }

  func set(_ keys: Keys) { stored.withLock { $0 = keys } }

  /// Makes a key known that nothing is wrapped with yet.
  func offer(_ master: MasterKey) {
    stored.withLock { keys in
      if keys.master(master.id) == nil { keys.offered = master }
    }
  }

  /// Wraps what is new with `current`, and still opens what `former` wrapped. False where one is not known.
  func turn(to current: UInt64, from former: UInt64) -> Bool {
    stored.withLock { keys in
      guard let next = keys.master(current), let last = keys.master(former) else { return false }
      (keys.current, keys.former, keys.offered) = (next, [last], nil)
      return true
    }
  }

  func forgetFormer() { stored.withLock { $0.former = [] } }

  /// What does not authenticate is never served; that it happened must not go unseen.
  func unreadable(_ what: String) -> SealError {
    health.unreadable()
    return SealError(what)
  }

  /// A digest that only the holder of the store's key can compute: what is kept of an idempotent call's
  /// params.
  package func digest(_ plain: Digest32) throws(SealError) -> Digest32 {
    guard let index = keys.index else { throw SealError("the store's keys are not open") }
    return index.authenticate {
      $0.update(Array("stationd idempotency\0".utf8))
      $0.update(plain)
    }
  }
}

/// Sealed content that cannot be opened, or keys that are not there. It names collection, record and member,
/// never content.
package struct SealError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
