import Foundation
import Glibc
import StationKit
import StationPlugin
import StationPluginWire
import Testing

/// The daemon's end of the socket pair of a module that is served as a plugin's process serves it.
final class DaemonEnd {
  private let descriptor: Int32
  private var framer = LineFramer(limits: PluginLimits())
  /// The module's answer where it asks another: whether the unit is open, as the store has it.
  var isOpen = true
  private(set) var asked: [String] = []

  init(of module: Module, kept: [String] = [], frameBytes: Int = PluginLimits().frameBytes) throws {
    var pair: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    descriptor = pair[0]
    let theirs = pair[1]
    let worker = PluginWorker(
      PluginLink(descriptor: theirs), module, listens: [], event: { _ in },
      remake: { _ in module })
    Thread {
      worker.serve(threads: 1)
      close(theirs)
    }.start()
    try send([
      "jsonrpc": "2.0", "id": 0, "method": "plugin.init",
      "params": [
        "config": [:], "kept_calls": .array(kept.map(JSONValue.string)),
        "limits": ["frame_bytes": .int(frameBytes)],
      ],
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
