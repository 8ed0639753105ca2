import StationKit
import Testing

/// A plugin that keeps what it was told, seen from the daemon's end of its socket pair.
@Suite struct KeptAnswersTests {
  /// One method that asks another module and takes a number, and one that reads; both refuse a unit that is closed.
  private static let module: Module = {
    let params: JSONValue = [
      "type": "object", "properties": ["unit": ["type": "string"]], "required": ["unit"],
      "additionalProperties": false,
    ]
    @Sendable func unit(_ params: Params, _ tx: any ReadTransaction) throws -> JSONValue {
      let unit = try tx.call("units.get", ["id": .string(try params.string("unit"))])
      guard unit["open"] == true else { throw RPCError(.wrongState) }
      return unit
    }
    return Module(
      name: "notes", title: Text("Notes", zh: "便签"), version: "1",
      methods: [
        Method(
          "add", Text("Add", zh: "添加"), params: params, result: ["type": "object"], permission: .role,
          examples: [Example("One", params: ["unit": "st-01"], result: [:])],
          handler: .write { params, _, tx in
            ["unit": try unit(params, tx), "number": .int(try tx.next(series: "all"))]
          }),
        Method(
          "look", Text("Look", zh: "查看"), params: params, result: ["type": "object"], permission: .role,
          examples: [Example("One", params: ["unit": "st-01"], result: [:])],
          handler: .read { params, _, tx in try unit(params, tx) }),
      ], calls: ["units.get"])
  }()

  private static let told: JSONValue = [
    ["method": "units.get", "params": ["id": "st-01"], "result": ["open": true]]
  ]

  @Test func `what one call was told the next relies on, and says so`() throws {
    let host = try DaemonEnd(of: Self.module, kept: ["units.get"])
    let first = try host.call("add")
    #expect(first.asked == ["store.call", "store.next"] && first.kept == nil)
    let second = try host.call("add")
    #expect(second.asked == ["store.next"] && second.kept == Self.told)
    #expect(second.answer == first.answer)
    let third = try host.call("add", ["numbers": ["all": 9]])
    #expect(third.asked.isEmpty && third.answer["number"] == 9)
  }

  @Test func `what may not be kept is asked each time`() throws {
    let host = try DaemonEnd(of: Self.module, kept: [])
    for _ in 1...2 { #expect(try host.call("add").asked == ["store.call", "store.next"]) }
  }

  @Test func `a number of another series is left`() throws {
    let host = try DaemonEnd(of: Self.module, kept: ["units.get"])
    #expect(try host.call("add", ["numbers": ["other": 9]]).asked == ["store.call", "store.next"])
  }

  @Test func `a call that comes again asks anew, and so what is kept is new`() throws {
    let host = try DaemonEnd(of: Self.module, kept: ["units.get"])
    _ = try host.call("add")
    host.isOpen = false
    let again = try host.call("add", ["again": true])
    #expect(again.asked == ["store.call"] && again.answer["data"]?["kind"] == "wrong_state")
    host.isOpen = true
    // What is kept refuses it: then it is asked.
    let refused = try host.call("add")
    #expect(refused.asked == ["store.call", "store.next"] && refused.kept == nil)
    #expect(try host.call("add").kept == Self.told)
  }

  @Test func `a read asks, and what it was told is kept`() throws {
    let host = try DaemonEnd(of: Self.module, kept: ["units.get"])
    for _ in 1...2 {
      let read = try host.call("look", kind: "read")
      #expect(read.asked == ["store.call"] && read.kept == nil)
    }
    #expect(try host.call("add").asked == ["store.next"])
  }
}
