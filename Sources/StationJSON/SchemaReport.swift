/// Collects violations while a value is checked, and says when to stop.
struct SchemaReport {
  private(set) var violations: [JSONSchema.Violation] = []
  /// With 0 nothing is recorded and the check stops at the first violation.
  let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Whether nothing more is wanted once a violation was met.
  var isFull: Bool { violations.count >= limit }

  /// Records a violation of the value being checked; always false, to be returned by the check.
  mutating func fail(
    _ keyword: String, _ message: @autoclosure () -> String, zh chinese: @autoclosure () -> String
  ) -> Bool {
    if !isFull {
      violations.append(
        .init(pointer: JSONPointer(), keyword: keyword, message: message(), chinese: chinese()))
    }
    return false
  }

  /// Records that a member of the value being checked is missing.
  mutating func miss(_ member: String) {
    guard !isFull else { return }
    violations.append(
      .init(
        pointer: JSONPointer(tokens: [member]), keyword: "required", message: "is required", chinese: "必填"))
  }

  /// Moves what was recorded since there were `count` violations one level down: they are of that member.
  mutating func prepend(_ token: @autoclosure () -> String, since count: Int) {
    for place in count..<violations.count { violations[place].pointer.prepend(token()) }
  }
}
