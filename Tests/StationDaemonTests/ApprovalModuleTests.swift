import Approval
import Foundation
import StationDaemon
import StationKit
import StationStore
import Testing

@Suite struct ApprovalModuleTests {
  /// A store with the approval module, and a module `pay` that asks and takes decisions.
  private final class Office: Sendable {
    let directory = NSTemporaryDirectory() + "stationd-test-\(UUID().uuidString)"
    let clock = Clock(at: Instant(rfc3339: "2026-03-02T01:00:00Z") ?? .earliest)
    let store: Store

    init() throws {
      store = try Store(
        StoreConfiguration(directory: directory, origin: "test.example/audit"),
        registry: try Registry([Approval.module(), Self.pay]),
        environment: Environment(
          clock: clock, calendar: try WorkCalendar(years: []), zone: .shanghai, uid: 0, gid: 0,
          checksResults: true),
        hooks: StoreHooks(report: { _ in }, events: { _ in }, broken: { _ in }))
      try store.start()
    }

    deinit {
      store.stop()
      try? FileManager.default.removeItem(atPath: directory)
    }

    private static func forwarding(_ name: String) -> Method {
      Method(
        name, Text("Pass on", zh: "转"),
        params: [
          "type": "object",
          "properties": [
            "action": [:], "subject": [:], "payload": [:], "hours": [:], "id": [:],
            "unit": [:], "not_by": [:],
          ], "additionalProperties": false,
        ], result: [:], permission: .role, examples: [Example("One", params: [:], result: .null)],
        handler: .write { params, _, tx in try tx.call("approval.\(name)", params.object) })
    }

    private static let pay = Module(
      name: "pay", title: Text("Pay", zh: "付"), version: "1",
      methods: [forwarding("request"), forwarding("consume")],
      calls: ["approval.request", "approval.consume"])

    func call(
      _ method: String, _ params: JSONObject, as person: Principal = ApprovalModuleTests.first
    ) async throws -> JSONValue {
      let compiled = try #require(store.catalog.registry.methods[method])
      try compiled.check(params)
      let cause = Cause(
        principal: Cause.principal(person), method: method, request: nil, purpose: nil, detail: nil)
      let answer = await withCheckedContinuation { waiter in
        store.write(
          WriteJob(
            cause: cause,
            work: .call(
              StoreCall(
                method: compiled, params: Params(params), principal: person, purpose: nil, reason: nil,
                idempotency: nil, token: CallToken()))
          ) { waiter.resume(returning: $0) })
      }
      return try JSONParser.parse(try answer.get())
    }

    /// The payloads of all events.
    func told() async throws -> [JSONValue] {
      let events = await withCheckedContinuation { waiter in
        store.fetchEvents(after: 0, limit: 100) { waiter.resume(returning: $0) }
      }
      return try events.map { try JSONParser.parse($0.payload) }
    }

    func hours(_ count: Int, and milliseconds: Int64 = 0) async {
      clock.hold(at: clock.now().adding(hours: count).adding(milliseconds: milliseconds))
      store.clockChanged()
    }

    func settle() async {
      let cause = Cause(
        principal: Array("{}".utf8), method: "settle", request: nil, purpose: nil, detail: nil)
      await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
        store.write(WriteJob(cause: cause, work: .settle) { _ in waiter.resume() })
      }
    }
  }

  static let first = Principal(uid: 1, gid: 1, roles: [], unit: nil, scope: .all)
  static let second = Principal(uid: 2, gid: 1, roles: [], unit: nil, scope: .all)
  /// The first person's uid, but an officer named by a front end.
  static let officer = Principal(uid: 1, gid: 1, roles: [], unit: nil, actor: "P002", scope: .all)
  private static let asked: JSONObject = [
    "action": "pay.out", "subject": "case-1", "payload": ["amount": 100], "hours": 24,
  ]

  private static func taking(_ id: JSONValue, _ changed: JSONObject = [:]) -> JSONObject {
    var params: JSONObject = ["id": id, "action": "pay.out", "subject": "case-1", "payload": ["amount": 100]]
    for (key, value) in changed { params[key] = value }
    return params
  }

  private static func refusal(_ body: () async throws -> JSONValue) async -> RPCError? {
    do {
      _ = try await body()
      return nil
    } catch {
      return error as? RPCError
    }
  }

  @Test func `a second person approves, and the module takes it once`() async throws {
    let office = try Office()
    let asked = try await office.call("pay.request", Self.asked)
    #expect(asked["state"] == "pending" && asked["requested_by"] == "uid:1" && asked["payload"] == nil)
    let id = try #require(asked["id"])
    #expect(
      await Self.refusal { try await office.call("pay.consume", Self.taking(id)) }?.kind == .approvalRequired)
    let approved = try await office.call("approval.approve", ["id": id, "version": 1], as: Self.second)
    #expect(approved["state"] == "approved" && approved["decided_by"] == "uid:2")
    #expect(try await office.call("pay.consume", Self.taking(id))["state"] == "consumed")
    #expect(
      await Self.refusal { try await office.call("pay.consume", Self.taking(id)) }?.kind == .approvalRequired)
  }

  @Test(arguments: ["approve", "reject"])
  func `who asks may not decide, also not as the same officer elsewhere`(verb: String) async throws {
    let office = try Office()
    let id = try #require(try await office.call("pay.request", Self.asked)["id"])
    let refused = await Self.refusal { try await office.call("approval.\(verb)", ["id": id, "version": 1]) }
    #expect(refused?.kind == .refusedByRule && refused?.rule == "approval.second_person")
    let other = try #require(try await office.call("pay.request", Self.asked, as: Self.officer)["id"])
    let elsewhere = Principal(uid: 9, gid: 1, roles: [], unit: nil, actor: "P002", scope: .all)
    #expect(
      await Self.refusal {
        try await office.call("approval.\(verb)", ["id": other, "version": 1], as: elsewhere)
      }?.kind == .refusedByRule)
    #expect(try await office.call("approval.\(verb)", ["id": other, "version": 1])["decided_by"] == "uid:1")
  }

  static let changes: [JSONObject] = [
    ["payload": ["amount": 1000]], ["payload": ["amount": 100, "more": 1]], ["payload": [:]],
    ["subject": "case-2"], ["action": "pay.in"],
  ]

  @Test(arguments: changes)
  func `an approval is for exactly what was approved`(change: JSONObject) async throws {
    let office = try Office()
    let id = try #require(try await office.call("pay.request", Self.asked)["id"])
    _ = try await office.call("approval.approve", ["id": id, "version": 1], as: Self.second)
    #expect(
      await Self.refusal { try await office.call("pay.consume", Self.taking(id, change)) }?.kind
        == .approvalRequired)
    #expect(try await office.call("pay.consume", Self.taking(id))["state"] == "consumed")
  }

  @Test func `a rejected request stays rejected`() async throws {
    let office = try Office()
    let id = try #require(try await office.call("pay.request", Self.asked)["id"])
    _ = try await office.call("approval.reject", ["id": id, "version": 1, "note": "no"], as: Self.second)
    #expect(
      await Self.refusal {
        try await office.call("approval.approve", ["id": id, "version": 2], as: Self.second)
      }?.kind
        == .wrongState)
    #expect(
      await Self.refusal { try await office.call("pay.consume", Self.taking(id)) }?.kind == .approvalRequired)
  }

  @Test func `asking again takes the former request back, and nothing else`() async throws {
    let office = try Office()
    let former = try #require(try await office.call("pay.request", Self.asked)["id"])
    let others = [
      try await Self.ask(office, ["subject": "case-2"]), try await Self.ask(office, ["action": "pay.in"]),
    ]
    let id = try #require(try await office.call("pay.request", Self.asked)["id"])
    func state() async -> JSONValue? {
      await Self.refusal {
        try await office.call("approval.approve", ["id": former, "version": 2], as: Self.second)
      }?.details?["state"]
    }
    #expect(await state() == "superseded")
    for id in others + [id] {
      _ = try await office.call("approval.approve", ["id": id, "version": 1], as: Self.second)
    }
    #expect(try await office.call("pay.consume", Self.taking(id))["state"] == "consumed")
    // Nothing is left to expire of it.
    await office.hours(24)
    await office.settle()
    #expect(await state() == "superseded")
  }

  static let notes: [(String, isFine: Bool)] = [
    ("see the order of 2 March", true), ("王某 110101199003070118", false), ("住 39.9042,116.4074", false),
  ]

  @Test(arguments: ["approve", "reject"], notes)
  func `a note holds no ID number and no coordinates`(verb: String, note: (String, isFine: Bool)) async throws
  {
    let office = try Office()
    let id = try #require(try await office.call("pay.request", Self.asked)["id"])
    let refused = await Self.refusal {
      try await office.call(
        "approval.\(verb)", ["id": id, "version": 1, "note": .string(note.0)], as: Self.second)
    }
    #expect(refused?.rule == (note.isFine ? nil : "approval.text"))
    #expect(refused?.pointer == (note.isFine ? nil : "/note"))
  }

  @Test func `what waits and what was decided is told to the unit that it is for`() async throws {
    let office = try Office()
    let id = try await Self.ask(office, ["unit": "st-01"])
    _ = try await office.call("approval.approve", ["id": id, "version": 1], as: Self.second)
    _ = try await Self.ask(office, ["subject": "case-2"])
    #expect(try await office.told().map { $0["to"] } == [["st-01"], ["st-01"], nil])
  }

  @Test func `a decision on an older version is a conflict`() async throws {
    let office = try Office()
    let id = try #require(try await office.call("pay.request", Self.asked)["id"])
    #expect(
      await Self.refusal {
        try await office.call("approval.approve", ["id": id, "version": 2], as: Self.second)
      }?.kind
        == .conflict)
    #expect(
      await Self.refusal {
        try await office.call("approval.approve", ["id": "none", "version": 1], as: Self.second)
      }?
      .kind == .notFound)
  }

  @Test func `a request may be decided until it expires, and not from then on`() async throws {
    let office = try Office()
    let early = try #require(try await office.call("pay.request", Self.asked)["id"])
    let late = try await Self.ask(office, ["subject": "case-2"])
    await office.hours(24, and: -1)
    _ = try await office.call("approval.approve", ["id": early, "version": 1], as: Self.second)
    await office.hours(0, and: 1)
    await office.settle()
    let refused = await Self.refusal {
      try await office.call("approval.approve", ["id": late, "version": 1], as: Self.second)
    }
    #expect(refused?.kind == .expired || refused?.kind == .wrongState)
    // An approval that nobody used expires too.
    #expect(await Self.refusal { try await office.call("pay.consume", Self.taking(early)) } != nil)
  }

  // MARK: - Who may decide what

  /// A chief of units, who may approve some actions.
  private static func chief(
    _ uid: UInt32, of units: Set<String>? = nil, approves: [String]? = nil
  ) -> Principal {
    Principal(
      uid: uid, gid: 1, roles: [], unit: nil, scope: units.map(Scope.units) ?? .all,
      approves: approves.map { $0.compactMap(MethodPattern.init) })
  }

  /// An officer named by a front end.
  private static func named(_ actor: String) -> Principal {
    Principal(uid: 9, gid: 1, roles: [], unit: nil, actor: actor, scope: .all)
  }

  private static func ask(_ office: Office, _ more: JSONObject) async throws -> JSONValue {
    var params = asked
    for (name, value) in more { params[name] = value }
    return try #require(try await office.call("pay.request", params)["id"])
  }

  struct Try: Sendable, CustomTestStringConvertible {
    let name: String
    var request: JSONObject = [:]
    let by: Principal
    /// nil is done.
    var kind: ErrorKind?

    var testDescription: String { name }
  }

  static let tries = [
    Try(name: "anybody else", by: chief(2)),
    Try(name: "who asked", by: first, kind: .refusedByRule),
    Try(name: "who asked, whatever they may approve", by: chief(1, approves: ["*"]), kind: .refusedByRule),
    Try(
      name: "whom the request excludes", request: ["not_by": ["uid:2"]], by: chief(2), kind: .refusedByRule),
    Try(
      name: "an officer whom it excludes", request: ["not_by": ["uid:7", "actor:P002"]], by: officer,
      kind: .refusedByRule),
    Try(
      name: "an officer whom it excludes, written otherwise", request: ["not_by": ["actor:P 002"]],
      by: named("ｐ002"), kind: .refusedByRule),
    Try(name: "somebody else than those", request: ["not_by": ["uid:3", "actor:P002"]], by: chief(2)),
    Try(name: "the action by its name", by: chief(2, approves: ["pay.out"])),
    Try(name: "the action by its module", by: chief(2, approves: ["cash.in", "pay.*"])),
    Try(name: "another action", by: chief(2, approves: ["pay.in"]), kind: .denied),
    Try(name: "no action", by: chief(2, approves: []), kind: .denied),
    Try(name: "the unit", request: ["unit": "st-01"], by: chief(2, of: ["st-01", "st-02"])),
    Try(name: "another unit", request: ["unit": "st-01"], by: chief(2, of: ["st-02"]), kind: .denied),
    Try(name: "all units", request: ["unit": "st-01"], by: chief(2)),
    Try(name: "no unit named", by: chief(2, of: ["st-02"])),
  ]

  @Test(arguments: tries, ["approve", "reject"])
  func `who may decide`(_ what: Try, _ verb: String) async throws {
    let office = try Office()
    let id = try await Self.ask(office, what.request)
    let params: JSONObject = ["id": id, "version": 1]
    if let kind = what.kind {
      let refused = await Self.refusal { try await office.call("approval.\(verb)", params, as: what.by) }
      #expect(refused?.kind == kind)
      #expect(refused?.rule == (kind == .refusedByRule ? "approval.second_person" : nil))
    } else {
      let state = verb == "approve" ? "approved" : "rejected"
      #expect(try await office.call("approval.\(verb)", params, as: what.by)["state"]?.stringValue == state)
    }
  }
}
