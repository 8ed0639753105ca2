/// Foretells the numbers of a plugin's series to its calls.
///
/// Each call is given the next number when it asks, and stands in a line: calls that share a series are posted to the
/// writer in the order of their first numbers. So a number is right unless a call before fails. Then the writer finds
/// another number than was foretold, the calls behind run again, and the count goes on from the writer's word.
///
/// Where calls take several numbers each, those behind would be wrong at once: such a series is lent to one call at a
/// time.
package struct SeriesDesk: Sendable {
  package struct Grant: Sendable, Equatable {
    package let call: Int
    package let series: String
    package let value: Int
    package let generation: Int
  }

  package enum Step: Sendable, Equatable {
    case granted(Grant)
    /// The number given out last must be read from the store first.
    case load
    case wait
  }

  /// A call that has numbers, one after the other, and has not been posted yet.
  private struct Taker {
    let call: Int
    let first: Int
    var last: Int
  }

  private struct Series {
    var last: Int?
    var takers: [Taker] = []
    /// Calls that wait for a number; for the store's word, or, where it is lent, for their turn.
    var waiting: [Int] = []
    var isLent = false
    var generation = 0

    func isFree(for call: Int) -> Bool { !isLent || takers.isEmpty || takers.last?.call == call }
  }
  private var series: [String: Series] = [:]
  /// Calls with numbers, in the order of their first.
  private var line: [Int] = []

  package init() {}

  package mutating func ask(_ name: String, call: Int) -> Step {
    var entry = series[name] ?? Series()
    defer { series[name] = entry }
    if let place = entry.takers.firstIndex(where: { $0.call == call }), place < entry.takers.count - 1 {
      entry.isLent = true
      Self.take(back: entry.takers[place].last + 1, from: place + 1, &entry)
    }
    guard entry.last != nil, entry.isFree(for: call) else {
      entry.waiting.append(call)
      return entry.last == nil && entry.waiting.count == 1 ? .load : .wait
    }
    return .granted(grant(&entry, name, call))
  }

  /// A number for a call that has not asked; nil where it would have to wait for it.
  package mutating func offer(_ name: String, call: Int) -> Grant? {
    guard var entry = series[name], entry.last != nil, !entry.isLent, entry.waiting.isEmpty else {
      return nil
    }
    defer { series[name] = entry }
    return grant(&entry, name, call)
  }

  private mutating func grant(_ entry: inout Series, _ name: String, _ call: Int) -> Grant {
    let value = (entry.last ?? 0) + 1
    entry.last = value
    if let place = entry.takers.firstIndex(where: { $0.call == call }) {
      entry.takers[place].last = value
    } else {
      entry.takers.append(Taker(call: call, first: value, last: value))
    }
    if !line.contains(call) { line.append(call) }
    return Grant(call: call, series: name, value: value, generation: entry.generation)
  }

  /// The next number is this one: those that takers from a place on have are wrong.
  private static func take(back next: Int, from place: Int, _ entry: inout Series) {
    entry.last = next - 1
    guard place < entry.takers.count else { return }
    entry.takers.removeSubrange(place...)
    entry.generation += 1
  }

  /// The store's word for the number given out last.
  package mutating func loaded(_ name: String, last: Int) -> [Grant] {
    if series[name]?.last == nil { series[name]?.last = last }
    return serve(name)
  }

  /// Whether the call's operations may be posted: those of calls with earlier numbers have been.
  package func mayPost(_ call: Int) -> Bool {
    guard let place = line.firstIndex(of: call), place > 0 else { return true }
    let taken = series.values.filter { $0.takers.contains { $0.call == call } }
    return !line[..<place].contains { earlier in taken.contains { $0.takers.contains { $0.call == earlier } }
    }
  }

  /// The call has been posted, or has ended without: then its numbers are free again.
  package mutating func release(call: Int, posted: Bool) -> [Grant] {
    var grants: [Grant] = []
    line.removeAll { $0 == call }
    for (name, former) in series {
      var entry = former
      entry.waiting.removeAll { $0 == call }
      if let place = entry.takers.firstIndex(where: { $0.call == call }) {
        let taker = entry.takers.remove(at: place)
        if !posted { Self.take(back: taker.first, from: place, &entry) }
      }
      series[name] = entry
      grants += serve(name)
    }
    return grants
  }

  private mutating func serve(_ name: String) -> [Grant] {
    guard var entry = series[name], entry.last != nil else { return [] }
    var grants: [Grant] = []
    while let place = entry.waiting.firstIndex(where: entry.isFree) {
      grants.append(grant(&entry, name, entry.waiting.remove(at: place)))
    }
    series[name] = entry
    return grants
  }

  /// The writer found another next number than the one foretold. Heard once: those foretold with it are as wrong,
  /// unless they go on from the writer's word.
  package mutating func correct(_ name: String, next: Int, generation: Int) {
    guard var entry = series[name], entry.generation == generation, entry.takers.first?.first != next else {
      return
    }
    Self.take(back: next, from: 0, &entry)
    entry.generation = generation + 1
    series[name] = entry
  }
}
