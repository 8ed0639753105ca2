import Approval
import CaseTransfer
import Directory
import KeyPerson
import Mediation
import ModuleTesting
import StationKit
import StationPluginHost
import StationPluginWire
import StopLoss
import SupportRequests
import Testing

@Suite struct WireTests {
  private static func modules() throws -> [Module] {
    [
      Approval.module(), Directory.module(),
      try SupportRequests.module(configuration: ShippedFile.json("etc/support/scenarios.json")),
      try StopLoss.module(configuration: ShippedFile.json("etc/stoploss/rules.json")),
      try Mediation.module(configuration: ShippedFile.json("etc/mediation/rules.json")),
      try KeyPerson.module(configuration: ShippedFile.json("etc/keyperson/rules.json")),
      try CaseTransfer.module(configuration: ShippedFile.json("etc/transfer/rules.json")),
    ]
  }

  @Test func `a manifest holds all that a module declares`() throws {
    var remote: [Module] = []
    for module in try Self.modules() {
      let manifest = try PluginManifest(PluginManifest.json(module))
      let again = manifest.module(running: NoProcess(), local: module)
      #expect(PluginManifest.json(again) == PluginManifest.json(module), "\(module.name)")
      remote.append(again)
      #expect(again.collections.map(\.subject) == module.collections.map(\.subject))
      #expect(again.collections.map(\.retention) == module.collections.map(\.retention))
      #expect(again.collections.map(\.personal) == module.collections.map(\.personal))
      #expect(again.collections.map(\.fields) == module.collections.map(\.fields))
      #expect(again.lifeCycles == module.lifeCycles)
      #expect(again.methods.map(\.disclosesPersonalData) == module.methods.map(\.disclosesPersonalData))
      #expect(again.methods.map(\.permission) == module.methods.map(\.permission))
      #expect(again.methods.map(\.answersPeopleOnly) == module.methods.map(\.answersPeopleOnly))
      #expect(again.methods.map(\.handler.writes) == module.methods.map(\.handler.writes))
      #expect(again.deadlines.map(\.name) == module.deadlines.map(\.name))
    }
    // Their declarations are accepted as the others are.
    _ = try Registry(remote)
  }

  @Test(arguments: [nil, [], ["approval.*", "*", "support.open"]] as [[String]?])
  func `what a principal may approve arrives as it is, and never as more`(patterns: [String]?) throws {
    let principal = Principal(
      uid: 1, gid: 2, roles: ["r"], unit: "u", actor: "a", scope: .units(["u"]),
      approves: patterns?.compactMap(MethodPattern.init))
    let context = CallContext(
      principal: principal, method: "m.x", now: Instant(milliseconds: 0), calendar: .weekendsOnly,
      zone: .shanghai)
    let value = try JSONParser.parse(WireContext.json(context).encoded())
    let again = WireContext.context(value, calendar: .weekendsOnly, zone: .shanghai)
    #expect(again?.principal.approves == principal.approves)
    #expect(again?.principal.person == principal.person)
  }

  @Test func `a query is read as it was written`() throws {
    var query = Query(
      "c", index: "i", equals: [.integer(1), .null], from: .text("a"), descending: true, limit: 7)
    query.matching = ["x": .text("y"), "n": .null]
    query.after = Query.Place(values: [.text("v"), .integer(2)], order: 9)
    #expect(Query(wire: query.wire) == query)
  }

  @Test(arguments: [
    Operation.create(collection: "c", id: "1", body: ["n": 1]),
    .put(collection: "c", id: "1", version: 2, body: [:]), .delete(collection: "c", id: "1", version: 2),
    .erase(subject: "s", count: 3), .erase(subject: "s", count: nil), .number(series: "s", value: 7),
    .schedule(kind: "k", subject: "s", due: Instant(milliseconds: 1_700_000_000_123), payload: ["a": 1]),
    .cancel(kind: "k", subject: "s"), .emit(event: "e", payload: [:]),
    .call(method: "m.x", params: [:], result: ["id": "1"]),
  ])
  func `an operation is read as it was written`(operation: StationPluginWire.Operation) throws {
    #expect(Operation(try JSONParser.parse(operation.json.encoded())) == operation)
    guard case .object(let object) = operation.json else { return #expect(Bool(false)) }
    for key in object.keys where key != "count" {
      #expect(Operation(.object(object.adding(key, nil))) == nil, "without \(key)")
    }
    #expect(Operation(.object(object.adding("more", 1))) == nil)
  }

  @Test(arguments: [
    (["/id"], #"{"id":1,"name":2}"#, #"{"id":1}"#), ([], #"{"id":1}"#, "{}"),
    (["/items/*/id"], #"{"items":[{"id":1,"x":2},{"x":3}],"next":4}"#, #"{"items":[{"id":1},{}]}"#),
    (["/a~1b"], #"{"a/b":1,"a":{"b":2}}"#, #"{"a/b":1}"#), (["/id/x"], #"{"id":5}"#, "{}"),
    (["/items"], #"{"items":[{"id":1,"x":2}]}"#, #"{"items":[{"id":1,"x":2}]}"#),
    (["/id"], #"[{"id":1}]"#, "[]"), (["id"], #"{"id":1}"#, "{}"), ([""], #"{"id":1}"#, "{}"),
  ])
  func `of a result only what is granted is seen`(pointers: [String], value: String, expected: String) throws
  {
    let seen = FieldFilter(pointers).apply(try JSONParser.parse(Array(value.utf8)))
    #expect(seen == (try JSONParser.parse(Array(expected.utf8))))
  }

  @Test(arguments: [
    ("/a", "/a/b", true), ("/a", "/a", true), ("/a/b", "/a", false), ("/a", "/ab", false), ("", "/a", false),
    ("a", "/a", false), ("/a", "a", false),
  ])
  func `a grant covers what is under it`(granted: String, field: String, covers: Bool) {
    #expect(FieldFilter.covers(granted, field) == covers)
  }

  @Test func `what is printed is cut into bounded lines without control characters`() {
    var cutter = LineCutter(limit: 5)
    let first = cutter.add(Array("ab\u{1B}[1m\n\n12345678".utf8)[...])
    #expect(first == ["ab [1 …", "12345 …"])
    let second = cutter.add(Array("9\nx\ny".utf8)[...])
    #expect(second == ["x"])
    let rest = [cutter.rest(), cutter.rest()]
    #expect(rest == ["y", nil])
    #expect(LineCutter.line("a\u{1B}\nb\n", limit: 10) == "a  b ")
    #expect(LineCutter.line("123456", limit: 5) == "12345 …")
  }

  @Test func `a line is found however its bytes arrive`() throws {
    var limits = PluginLimits()
    limits.frameBytes = 64
    var framer = LineFramer(limits: limits)
    var found: [JSONValue] = []
    for byte in Array("\n{\"a\":1}\n{\"b\":\"\\n\"}\n{".utf8) {
      withUnsafeBytes(of: byte) { framer.append($0) }
      while let value = try framer.next() { found.append(value) }
    }
    #expect(found == [["a": 1], ["b": "\n"]])
    #expect(framer.isInside)
    Array(repeating: UInt8(ascii: " "), count: 64).withUnsafeBytes { framer.append($0) }
    do throws(LineFramer.Fault) {
      _ = try framer.next()
      Issue.record("a line without an end is read on")
    } catch {
      #expect(error == .tooLong(64))
    }
  }
}

private final class NoProcess: RemoteModule {
  func run(_ call: RemoteCall, done: @escaping @Sendable (Result<Prepared, RPCError>) -> Void) {
    done(.failure(RPCError(.unavailable)))
  }
  func blame(_ fault: String) {}
}
