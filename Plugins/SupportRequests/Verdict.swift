/// What a condition says of facts, some of which may not be stated. The raw values are stable codes.
package enum Verdict: String, Sendable {
  case met, unmet, unknown

  init(_ value: Bool) { self = value ? .met : .unmet }
}
