extension Stop {
  /// Takes a lapse back that, as it turned out, was none.
  mutating func unlapse() {
    guard told.contains(Self.lapseMark) else { return }
    told.removeAll { $0 == Self.lapseMark }
    lapses -= 1
  }

  /// Money is held again: what lapsed before, and what that let go, is over.
  mutating func endLapse() {
    told.removeAll { $0 == Self.lapseMark }
    letGo = nil
    released = nil
  }

  /// Counts an end that passed unhandled.
  mutating func countLapse() {
    lapses += 1
    if !told.contains(Self.lapseMark) { told.append(Self.lapseMark) }
  }

  /// Stands in `told` while the present lapse is one that counts.
  static let lapseMark = "lapsed_unhandled"
}
