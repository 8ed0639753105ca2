/// What a session led to. The raw values are stable codes.
package enum SessionResult: String, Sendable, CaseIterable {
  case agreed
  /// No agreement yet; another session follows.
  case adjourned
  /// No agreement, and none is tried any more.
  case failed
}
