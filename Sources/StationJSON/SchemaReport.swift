/// Collects violations while a value is checked, and says when to stop.
struct SchemaReport {
  private(set) var violations: [JSONSchema.Violation] = []
  /// With 0 nothing is recorded and the check stops at the first violation.
  let limit: Int

  /// Steps of a check, the parts of a value with each schema that they are held against: some hundred milliseconds.
  /// Schemas may refer to themselves and offer alternatives, so that a short value could be checked for years.
  static let steps = 4_000_000
  /// How many are left.
  private var stepsLeft: Int

  init(limit: Int) { self.init(limit: limit, stepsLeft: Self.steps) }

  private init(limit: Int, stepsLeft: Int) {
    self.limit = limit
    self.stepsLeft = stepsLeft
  }

  /// Takes steps; false where there are none left, and nothing more is checked.
  mutating func take(_ count: Int) -> Bool {
    stepsLeft -= count
    return stepsLeft >= 0
  }

  /// A check of its own, such as of an alternative, out of the same steps.
  mutating func trial<Result>(limit: Int, _ body: (inout SchemaReport) -> Result) -> Result {
    var trial = SchemaReport(limit: limit, stepsLeft: stepsLeft)
    defer { stepsLeft = trial.stepsLeft }
    return body(&trial)
  }

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
