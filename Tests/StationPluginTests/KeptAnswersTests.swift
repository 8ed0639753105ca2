import Foundation
import Glibc
import StationKit
import StationPlugin
import StationPluginWire
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

  /// The daemon's end.
  private final class Host {
    private let descriptor: Int32
    private var framer = LineFramer(limits: PluginLimits())
    /// Whether the unit is open, as the store has it.
    var isOpen = true
    private(set) var asked: [String] = []

    init(kept: [String]) throws {
      var pair: [Int32] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
      descriptor = pair[0]
      let theirs = pair[1]
      let worker = PluginWorker(
        PluginLink(descriptor: theirs), KeptAnswersTests.module, listens: [], event: { _ in },
        remake: { _ in KeptAnswersTests.module })
      Thread {
        worker.serve(threads: 1)
        close(theirs)
      }.start()
      try send([
        "jsonrpc": "2.0", "id": 0, "method": "plugin.init",
        "params": ["config": [:], "kept_calls": .array(kept.map(JSONValue.string))],
      ])
      #expect(try receive()["result"] == [:])
      #expect(try receive()["method"] == "plugin.ready")
    }

    deinit { close(descriptor) }

    /// The answer's result or error, what was asked for it, and what it relied on.
    func call(
      _ method: String, kind: String = "write", _ more: JSONObject = [:]
    ) throws -> (answer: JSONValue, asked: [String], kept: JSONValue?) {
      asked = []
      var params: JSONObject = [
        "token": "t", "method": .string(method), "kind": .string(kind), "params": ["unit": "st-01"],
        "context": [
          "method": .string("notes.\(method)"), "now": "2026-03-02T09:00:00.000+08:00",
          "principal": ["uid": 0, "gid": 0, "roles": [], "person": "uid:0", "scope": "all"],
        ],
      ]
      for (key, value) in more { params[key] = value }
      try send(["jsonrpc": "2.0", "id": 1, "method": "plugin.call", "params": .object(params)])
      while true {
        let message = try receive()
        guard let name = message["method"]?.stringValue else {
          return (
            message["error"] ?? message["result"]?["result"] ?? .null, asked, message["result"]?["kept"]
          )
        }
        asked.append(name)
        let result: JSONValue = name == "store.next" ? 7 : ["open": .bool(isOpen)]
        try send(["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": result])
      }
    }

    private func send(_ message: JSONValue) throws {
      let bytes = message.encoded() + [0x0A]
      try #require(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    private func receive() throws -> JSONValue {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        if let value = try framer.next() { return value }
        let count = recv(descriptor, &buffer, buffer.count, 0)
        try #require(count > 0)
        buffer[..<count].withUnsafeBytes { framer.append($0) }
      }
    }
  }

  private static let told: JSONValue = [
    ["method": "units.get", "params": ["id": "st-01"], "result": ["open": true]]
  ]

  @Test func `what one call was told the next relies on, and says so`() throws {
    let host = try Host(kept: ["units.get"])
    let first = try host.call("add")
    #expect(first.asked == ["store.call", "store.next"] && first.kept == nil)
    let second = try host.call("add")
    #expect(second.asked == ["store.next"] && second.kept == Self.told)
    #expect(second.answer == first.answer)
    let third = try host.call("add", ["numbers": ["all": 9]])
    #expect(third.asked.isEmpty && third.answer["number"] == 9)
  }

  @Test func `what may not be kept is asked each time`() throws {
    let host = try Host(kept: [])
    for _ in 1...2 { #expect(try host.call("add").asked == ["store.call", "store.next"]) }
  }

  @Test func `a number of another series is left`() throws {
    let host = try Host(kept: ["units.get"])
    #expect(try host.call("add", ["numbers": ["other": 9]]).asked == ["store.call", "store.next"])
  }

  @Test func `a call that comes again asks anew, and so what is kept is new`() throws {
    let host = try Host(kept: ["units.get"])
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
    let host = try Host(kept: ["units.get"])
    for _ in 1...2 {
      let read = try host.call("look", kind: "read")
      #expect(read.asked == ["store.call"] && read.kept == nil)
    }
    #expect(try host.call("add").asked == ["store.next"])
  }
}
