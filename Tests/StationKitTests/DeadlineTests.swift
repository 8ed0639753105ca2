import StationKit
import Testing

@Suite struct DeadlineTests {
  @Test(arguments: ["", String(repeating: "x", count: 129), String(repeating: "警", count: 43)])
  func `a subject that is no id is refused`(subject: String) {
    let error = #expect(throws: RPCError.self) { try Deadline.check(subject: subject) }
    #expect(error?.kind == .invalidParams && error?.pointer == "/subject")
  }

  @Test(arguments: ["a", String(repeating: "x", count: 128), String(repeating: "警", count: 42)])
  func `one that could be an id is taken`(subject: String) {
    #expect(throws: Never.self) { try Deadline.check(subject: subject) }
  }
}
