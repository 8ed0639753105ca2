import Foundation

/// A queue that threads wait at. Bounded by whoever posts.
final class Mailbox<Item>: @unchecked Sendable {
  // `items` and `isOpen` are touched only with `condition` locked.
  private let condition = NSCondition()
  private var items: [Item] = []
  private var isOpen = true
  private var poked = false

  /// False when closed, or when `limit` items wait already.
  func post(_ item: Item, limit: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard isOpen, items.count < limit else { return false }
    items.append(item)
    if items.count == 1 { condition.signal() }
    return true
  }

  /// Wakes a waiting thread without an item.
  func poke() {
    condition.lock()
    poked = true
    condition.broadcast()
    condition.unlock()
  }

  /// No more items are taken; what waits is still handed out.
  func close() {
    condition.lock()
    isOpen = false
    condition.broadcast()
    condition.unlock()
  }

  var count: Int {
    condition.lock()
    defer { condition.unlock() }
    return items.count
  }

  /// Up to `limit` items; none when poked, or after `seconds`; nil when closed and empty.
  func take(upTo limit: Int, waiting seconds: Double?) -> [Item]? {
    condition.lock()
    defer { condition.unlock() }
    while items.isEmpty, isOpen, !poked {
      if let seconds {
        if !condition.wait(until: Date(timeIntervalSinceNow: seconds)) { break }
      } else {
        condition.wait()
      }
    }
    poked = false
    if items.isEmpty { return isOpen ? [] : nil }
    guard items.count > limit else {
      defer { items = [] }
      return items
    }
    let taken = Array(items[..<limit])
    items.removeFirst(limit)
    return taken
  }
}
