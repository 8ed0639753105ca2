import StationClient
import StationJSON
import Testing

@Suite struct HealthLineTests {
  private static func health(ok: Bool, _ problems: [JSONValue]) -> JSONValue {
    ["ok": .bool(ok), "problems": .array(problems), "waiting": 3, "connections": 2]
  }
  private static let full: JSONValue = [
    "part": "store", "kind": "storage_full", "message": "The disk is full | really", "message_zh": "磁盘已满",
  ]

  @Test func `all is well`() {
    let line = HealthLine(Self.health(ok: true, []), language: .en)
    #expect(line.state == .ok)
    #expect(line.text.hasPrefix("STATIOND OK - everything is served | waiting=3 connections=2 "))
  }

  @Test(arguments: [(true, HealthLine.State.warning), (false, .critical)])
  func `a problem is a warning where everything is served`(ok: Bool, state: HealthLine.State) {
    #expect(HealthLine(Self.health(ok: ok, [Self.full]), language: .zh).state == state)
  }

  @Test func `a message cannot begin the figures`() {
    let line = HealthLine(Self.health(ok: false, [Self.full]), language: .en)
    #expect(line.text.filter { $0 == "|" }.count == 1)
    #expect(HealthLine([:], language: .en).state == .critical)
  }
}
