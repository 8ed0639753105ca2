import StationKit

/// The rule by which money is followed over the accounts: first in, first out by instant. Pure.
package enum MoneyFlow {
  /// What every account holds after all transfers, in whatever order they are given.
  package static func holdings(after flows: [Flow]) -> [String: Holdings] {
    var holdings: [String: Holdings] = [:]
    run(ordered(flows), into: &holdings)
    return holdings
  }

  /// Lets transfers happen, in the order given.
  package static func run(_ flows: [Flow], into holdings: inout [String: Holdings]) {
    for flow in flows {
      if let origin = flow.origin {
        holdings[flow.to, default: Holdings()].receive(Lot(origin: origin, amount: flow.amount, at: flow.at))
      } else {
        for piece in holdings[flow.from, default: Holdings()].send(flow.amount, at: flow.at) {
          holdings[flow.to, default: Holdings()].receive(piece)
        }
      }
    }
  }

  /// Every transfer once, in the order in which the money moved.
  ///
  /// By instant; at one instant money arrives before it leaves, and what that leaves open goes by the order of
  /// entry.
  package static func ordered(_ flows: [Flow]) -> [Flow] {
    let sorted = distinct(flows).sorted { $0.at != $1.at ? $0.at < $1.at : $0.precedes($1) }
    var result: [Flow] = []
    result.reserveCapacity(sorted.count)
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].at == sorted[start].at { end += 1 }
      if end - start == 1 {
        result.append(sorted[start])
      } else {
        result += arrivingFirst(Array(sorted[start..<end]))
      }
      start = end
    }
    return result
  }

  /// The same transfer entered with several reports is one. Within one report equal entries are several: each
  /// counts as often as in the report that has it most often.
  private static func distinct(_ flows: [Flow]) -> [Flow] {
    var groups: [Flow.Identity: [Flow]] = [:]
    groups.reserveCapacity(flows.count)
    for flow in flows { groups[flow.identity, default: []].append(flow) }
    guard groups.count < flows.count else { return flows }
    var result: [Flow] = []
    result.reserveCapacity(flows.count)
    for group in groups.values {
      guard group.count > 1 else {
        result += group
        continue
      }
      let entries = group.sorted { $0.precedes($1) }
      let origin = entries.first { $0.origin != nil }?.origin
      var best: ArraySlice<Flow> = []
      var start = 0
      while start < entries.count {
        var end = start + 1
        while end < entries.count, entries[end].report == entries[start].report { end += 1 }
        if end - start > best.count { best = entries[start..<end] }
        start = end
      }
      result += best.map { $0.with(origin: origin) }
    }
    return result
  }

  /// Transfers of one instant, each after those that bring money to the account it leaves; where they go round
  /// in a circle, the one entered first begins.
  private static func arrivingFirst(_ flows: [Flow]) -> [Flow] {
    var waiting: [String: Int] = [:]
    var leaving: [String: [Int]] = [:]
    for (place, flow) in flows.enumerated() {
      waiting[flow.to, default: 0] += 1
      if flow.origin == nil { leaving[flow.from, default: []].append(place) }
    }
    var ready = EarliestFirst()
    for (place, flow) in flows.enumerated() where flow.origin != nil || waiting[flow.from] == nil {
      ready.insert(place)
    }
    var isDone = Array(repeating: false, count: flows.count)
    var circle = 0
    var result: [Flow] = []
    result.reserveCapacity(flows.count)
    while result.count < flows.count {
      while circle < flows.count, isDone[circle] { circle += 1 }
      let place = ready.removeFirst() ?? circle
      guard !isDone[place] else { continue }
      isDone[place] = true
      let flow = flows[place]
      result.append(flow)
      let left = waiting[flow.to, default: 1] - 1
      waiting[flow.to] = left
      if left == 0 { for next in leaving[flow.to] ?? [] where !isDone[next] { ready.insert(next) } }
    }
    return result
  }
}

/// A heap of places: the lowest comes out first.
private struct EarliestFirst {
  private var heap: [Int] = []

  mutating func insert(_ place: Int) {
    heap.append(place)
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> Int? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
