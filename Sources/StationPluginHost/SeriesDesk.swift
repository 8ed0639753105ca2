/// Foretells the numbers of a plugin's series to its calls, one call after the other.
///
/// A series is lent to one call at a time, from when it asks until its operations stand in the writer's line: so
/// the next call's number is right unless a call fails after that. Then the writer finds another number than was
/// foretold, the calls behind it are run again, and the count goes on from the writer's word.
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

  private struct Series {
    var last: Int?
    var isLoading = false
    var holder: Int?
    var waiting: [Int] = []
    /// A number taken but not yet posted by the holder: taken back if the holder ends without.
    var taken = 0
    var generation = 0
  }
  private var series: [String: Series] = [:]

  package init() {}

  package mutating func ask(_ name: String, call: Int) -> Step {
    var entry = series[name] ?? Series()
    defer { series[name] = entry }
    if entry.holder == nil || entry.holder == call {
      entry.holder = call
      guard let last = entry.last else {
        entry.waiting.append(call)
        defer { entry.isLoading = true }
        return entry.isLoading ? .wait : .load
      }
      return .granted(Self.grant(&entry, name, call, last))
    }
    entry.waiting.append(call)
    return .wait
  }

  private static func grant(_ entry: inout Series, _ name: String, _ call: Int, _ last: Int) -> Grant {
    entry.last = last + 1
    entry.taken += 1
    return Grant(call: call, series: name, value: last + 1, generation: entry.generation)
  }

  /// The store's word for the number given out last.
  package mutating func loaded(_ name: String, last: Int) -> [Grant] {
    guard var entry = series[name] else { return [] }
    entry.isLoading = false
    if entry.last == nil { entry.last = last }
    defer { series[name] = entry }
    return Self.serve(&entry, name)
  }

  /// The call has been posted, or has ended without: then its numbers are free again.
  package mutating func release(call: Int, posted: Bool) -> [Grant] {
    var grants: [Grant] = []
    for name in series.keys {
      guard var entry = series[name] else { continue }
      entry.waiting.removeAll { $0 == call }
      if entry.holder == call {
        if !posted, let last = entry.last { entry.last = last - entry.taken }
        entry.taken = 0
        entry.holder = nil
        grants += Self.serve(&entry, name)
      }
      series[name] = entry
    }
    return grants
  }

  private static func serve(_ entry: inout Series, _ name: String) -> [Grant] {
    guard let last = entry.last, !entry.waiting.isEmpty else { return [] }
    let call = entry.holder ?? entry.waiting[0]
    guard let place = entry.waiting.firstIndex(of: call) else { return [] }
    entry.waiting.remove(at: place)
    entry.holder = call
    return [grant(&entry, name, call, last)]
  }

  /// The writer found another next number than the one foretold. Heard once: those foretold with it are as wrong,
  /// also those that the present holder has taken.
  package mutating func correct(_ name: String, next: Int, generation: Int) {
    guard var entry = series[name], entry.generation == generation else { return }
    entry.last = next - 1
    entry.taken = 0
    entry.generation += 1
    series[name] = entry
  }
}
