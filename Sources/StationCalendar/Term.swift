/// A length of time that a rule sets.
///
/// - Minutes and hours run from the instant itself, through nights and holidays, and are never shifted.
/// - Days, months and years do not count the day of the start, and end when their last day is over.
/// - Working minutes run only within a unit's service hours.
public struct Term: Hashable, Sendable, CustomStringConvertible {
  public enum Length: Hashable, Sendable {
    case minutes(Int)
    case hours(Int)
    case calendarDays(Int)
    case workingDays(Int)
    case months(Int)
    case years(Int)
    case workingMinutes(Int)
  }

  /// Whether holidays can move the end. The raw values are stable codes.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A term whose last day is not a working day ends on the next working day.
    case ordinary
    /// A person is held: the term ends on its day, whatever day that is.
    case custody
    /// A freeze, a stop-payment or another coercive measure: the term ends on its day as well.
    case coercive
  }

  public let length: Length
  public let kind: Kind

  public init(_ length: Length, kind: Kind = .ordinary) {
    self.length = length
    self.kind = kind
  }

  public static func minutes(_ count: Int, kind: Kind = .ordinary) -> Term {
    Term(.minutes(count), kind: kind)
  }
  public static func hours(_ count: Int, kind: Kind = .ordinary) -> Term { Term(.hours(count), kind: kind) }
  public static func calendarDays(_ count: Int, kind: Kind = .ordinary) -> Term {
    Term(.calendarDays(count), kind: kind)
  }
  public static func workingDays(_ count: Int, kind: Kind = .ordinary) -> Term {
    Term(.workingDays(count), kind: kind)
  }
  public static func months(_ count: Int, kind: Kind = .ordinary) -> Term { Term(.months(count), kind: kind) }
  public static func years(_ count: Int, kind: Kind = .ordinary) -> Term { Term(.years(count), kind: kind) }
  public static func workingMinutes(_ count: Int) -> Term { Term(.workingMinutes(count)) }

  /// Whether the count is at least one and no more than about a hundred years
  /// (working days and working minutes: twenty-five years of them).
  public var isWithinBounds: Bool { count >= 1 && count <= maximum }

  var count: Int {
    switch length {
    case .minutes(let count), .hours(let count), .calendarDays(let count), .workingDays(let count),
      .months(let count), .years(let count), .workingMinutes(let count):
      count
    }
  }

  private var maximum: Int {
    switch length {
    case .minutes: 52_596_000
    case .hours: 876_600
    case .calendarDays: 36_525
    case .workingDays: 6_250
    case .months: 1_200
    case .years: 100
    case .workingMinutes: 3_000_000
    }
  }

  func check() throws(CalendarError) {
    guard count >= 1 else { throw .termNotPositive }
    guard count <= maximum else { throw .termOutOfRange }
  }
}
