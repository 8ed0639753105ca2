/// A point on the monotonic clock after which waiting ends; the wall clock may jump meanwhile.
package struct TimeLimit: Sendable {
  private let end: ContinuousClock.Instant?

  /// No limit.
  package static let never = TimeLimit(end: nil)

  /// So long from now; nil is without limit.
  package init(in duration: Duration?) {
    end = duration.map { ContinuousClock.now.advanced(by: $0) }
  }

  private init(end: ContinuousClock.Instant?) { self.end = end }

  /// What poll(2) takes: milliseconds that are left, rounded up, at least 0; -1 without limit.
  package var pollMilliseconds: Int32 {
    guard let end else { return -1 }
    let left = ContinuousClock.now.duration(to: end).components
    guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
    let (milliseconds, overflow) = left.seconds.multipliedReportingOverflow(by: 1_000)
    guard !overflow else { return .max }
    let rounded = milliseconds + (left.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return Int32(clamping: rounded)
  }

  /// Whether it has passed.
  package var hasPassed: Bool { pollMilliseconds == 0 }

  /// The earlier of the two.
  package func earlier(_ other: TimeLimit) -> TimeLimit {
    guard let end else { return other }
    guard let otherEnd = other.end else { return self }
    return end < otherEnd ? self : other
  }
}
