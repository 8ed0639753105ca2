import Foundation

/// A queue that threads wait at: lines that take turns, each in order. Bounded by whoever posts.
package final class Mailbox<Item>: @unchecked Sendable {
  // All of it is touched only with `condition` locked.
  private let condition = NSCondition()
  private var lines = [[Item]](repeating: [], count: QueueLine.allCases.count)
  private var waiting = 0
  /// The line whose turn it is.
  private var turn = 0
  private var isOpen = true
  private var poked = false

  /// False when closed, or when `limit` items wait in that line already.
  package func post(_ item: Item, _ line: QueueLine, limit: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard isOpen, lines[line.rawValue].count < limit else { return false }
    lines[line.rawValue].append(item)
    waiting += 1
    if waiting == 1 { condition.signal() }
    return true
  }

  /// Wakes a waiting thread without an item.
  package func poke() {
    condition.lock()
    poked = true
    condition.broadcast()
    condition.unlock()
  }

  /// No more items are taken; what waits is still handed out.
  package func close() {
    condition.lock()
    isOpen = false
    condition.broadcast()
    condition.unlock()
  }

  package init() {}

  package var count: Int {
    condition.lock()
    defer { condition.unlock() }
    return waiting
  }

  /// Up to `limit` items, one of each line in turn; none when poked, or after `seconds`; nil when closed and empty.
  package func take(upTo limit: Int, waiting seconds: Double?) -> [Item]? {
    condition.lock()
    defer { condition.unlock() }
    while waiting == 0, isOpen, !poked {
      if let seconds {
        if !condition.wait(until: Date(timeIntervalSinceNow: seconds)) { break }
      } else {
        condition.wait()
      }
    }
    poked = false
    if waiting == 0 { return isOpen ? [] : nil }
    let taken = takeTurns(min(limit, waiting))
    waiting -= taken.count
    // Only the first item of a waiting row wakes a thread: that one wakes the next.
    if waiting > 0 { condition.signal() }
    return taken
  }

  private func takeTurns(_ count: Int) -> [Item] {
    var taken: [Item] = []
    taken.reserveCapacity(count)
    var heads = [Int](repeating: 0, count: lines.count)
    while taken.count < count {
      if heads[turn] < lines[turn].count {
        taken.append(lines[turn][heads[turn]])
        heads[turn] += 1
      }
      turn = (turn + 1) % lines.count
    }
    for line in lines.indices where heads[line] > 0 { lines[line].removeFirst(heads[line]) }
    return taken
  }
}
