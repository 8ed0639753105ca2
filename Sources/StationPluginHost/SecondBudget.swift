/// How much of something is taken in one second of the monotonic clock.
struct SecondBudget: Sendable {
  private let perSecond: Int
  private var left: Int
  private var second: Int64 = 0

  init(perSecond: Int) {
    self.perSecond = perSecond
    left = perSecond
  }

  var isSpent: Bool { left <= 0 }

  mutating func spend(_ amount: Int) { left -= amount }

  /// - Parameter now: in milliseconds.
  mutating func renew(now: Int64) {
    guard now / 1000 != second else { return }
    second = now / 1000
    left = perSecond
  }
}
