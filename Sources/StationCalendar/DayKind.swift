/// What a day is to the legal clock. The raw values are stable codes.
public enum DayKind: String, Hashable, Sendable, CaseIterable {
  /// Monday to Friday, not off.
  case working
  /// A Saturday or Sunday that the yearly notice makes a working day (调休上班).
  case worked = "make_up_working"
  /// A Saturday or Sunday.
  case weekend
  /// A day off by the yearly notice, a weekend within the run included.
  case holiday

  public var isWorking: Bool { self == .working || self == .worked }
}
