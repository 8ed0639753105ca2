import Mediation
import ModuleTesting
import StationKit
import Testing

/// Random calls on a few disputes, with the clock moving on, now and then while the daemon is down.
@Suite("Invariants of disputes")
struct InvariantTests {
  static let units = ["st-02", "st-03", "public-security-brigade"]

  @Test("hold through random sequences of calls", arguments: 0..<25)
  func sequence(_ seed: UInt64) throws {
    var random = Seeded(state: seed)
    let fixture = try Fixture()
    for number in 0..<4 { try fixture.register(["matter": .string("matter \(number)")]) }
    var owners: [String: String] = [:]
    for _ in 0..<140 {
      let ids = (fixture.store.contents.rows["mediation.dispute"] ?? [:]).keys.sorted()
      guard let id = ids.randomElement(using: &random), let dispute = fixture.dispute(id) else { continue }
      let before = fixture.store.contents.rows["mediation.dispute"]?[id]?.record
      let action = Self.next(dispute, &random)
      let (method, params) = Self.call(action, id, dispute, &random)
      do {
        if Int.random(in: 0..<12, using: &random) == 0 {
          try fixture.register(["matter": dispute.matter])
        } else {
          let who = Principal(
            uid: UInt32.random(in: 1...3, using: &random), gid: 1, roles: [], unit: nil, scope: .all)
          try fixture.step(method, id, params, as: who)
        }
      } catch let error as RPCError {
        #expect(
          [.wrongState, .refusedByRule, .approvalRequired, .notFound].contains(error.kind),
          "\(method) \(error)")
        #expect(fixture.store.contents.rows["mediation.dispute"]?[id]?.record.version == before?.version)
      }
      if action == .requestExtension, Bool.random(using: &random) { try? fixture.approve(id) }
      let pause = fixture.store.now.adding(minutes: Int.random(in: 0...4_000, using: &random))
      if Int.random(in: 0..<4, using: &random) == 0 {
        try fixture.store.sleep(to: pause)
      } else {
        try fixture.store.advance(to: pause)
      }
      for id in (fixture.store.contents.rows["mediation.dispute"] ?? [:]).keys {
        try check(id, fixture, &owners)
      }
    }
    try FiguresRecount(fixture).check()
  }

  /// Mostly what the table allows now, so that random calls get far.
  static func next(_ dispute: Dispute, _ random: inout Seeded) -> Action {
    let allowed = Action.allCases.filter { DisputeLife.table.states(allowing: $0).contains(dispute.state) }
    let steps = allowed.filter { ![.withdraw, .exclude, .refuse].contains($0) }
    if Int.random(in: 0..<10, using: &random) < 8, let action = steps.randomElement(using: &random) {
      return action
    }
    return Action.allCases.randomElement(using: &random) ?? .accept
  }

  static func call(_ action: Action, _ id: String, _ dispute: Dispute, _ random: inout Seeded) -> (
    String, JSONObject
  ) {
    guard let (method, params) = LifeCycleTests.calls[action] else { return ("accept", [:]) }
    var more = params
    for key in ["person", "for"] {
      if let person = params[key]?.stringValue { more[key] = .string("\(id).\(person)") }
    }
    switch action {
    case .addParty, .correct: more["name"] = .string("Sun \(Int.random(in: 0...99, using: &random))")
    case .addRepresentative: more["role"] = Bool.random(using: &random) ? "proxy" : "guardian"
    case .consent, .consentAll:
      let open = dispute.parties.first { $0.agrees == nil }
      more["person"] = .string(open?.id ?? "\(id).p1")
    case .agree, .adjourn, .endSession:
      more["attendees"] = .array(dispute.parties.map { ["person": .string($0.id)] })
    case .sign:
      let all = JSONValue.array(dispute.parties.map { .string($0.id) })
      more = ["parties": all, "signatures": all, "performance": ["by": "2027-06-30", "method": "cash"]]
    case .call: more["violence_risk"] = .bool(Bool.random(using: &random))
    case .propose:
      more["to"] = .string(units.randomElement(using: &random) ?? "st-02")
      more["mode"] = .string(Mode.allCases.randomElement(using: &random)?.rawValue ?? "police")
    default: break
    }
    return (method, more)
  }

  private func check(_ id: String, _ fixture: Fixture, _ owners: inout [String: String]) throws {
    let record = try #require(fixture.store.contents.rows["mediation.dispute"]?[id]?.record)
    let dispute = try #require(Dispute(record.body))
    let now = fixture.store.now
    // What is stored reads back as it is.
    #expect(dispute.body(zone: .shanghai) == record.body)

    // Exactly one owner at each instant since the opening, and the last of them now.
    #expect(dispute.custody.first?.since == dispute.opened && dispute.custody.last?.unit == dispute.owner)
    for (one, next) in zip(dispute.custody, dispute.custody.dropFirst()) { #expect(one.until == next.since) }
    #expect((dispute.custody.last?.until == nil) == dispute.state.isOpen)
    // The owner changes only with an acceptance.
    if let before = owners[id], before != dispute.owner {
      let change = fixture.events("changed").last {
        $0["dispute"] == .string(id) && $0["action"] == "take_over"
      }
      #expect(change?["owner"] == .string(dispute.owner))
    }
    owners[id] = dispute.owner

    // Never a third session, and as many records as were held.
    #expect(dispute.sessions <= 2)
    let sessions = (fixture.store.contents.rows["mediation.session"] ?? [:]).values
    #expect(sessions.filter { $0.record["dispute"] == .string(id) }.count == dispute.sessions)
    // As many calls as are counted.
    let calls = (fixture.store.contents.rows["mediation.call"] ?? [:]).values
    #expect(calls.filter { $0.record["dispute"] == .string(id) }.count == dispute.calls)
    // One open dispute for each thread.
    let all = (fixture.store.contents.rows["mediation.dispute"] ?? [:]).values
    #expect(
      all.filter { $0.record["thread"] == .string(dispute.thread) && $0.record["open"] == 1 }.count <= 1)

    // The case clock is there exactly where mediation failed, and stands still exactly during an appraisal.
    let clock = dispute.limits[.caseExtended] ?? dispute.limits[.caseClock]
    #expect((clock != nil) == (dispute.failedFor != nil))
    if let clock, clock.done == nil, !clock.isLate(at: now) {
      #expect((clock.end == nil) == dispute.pauses.isPaused)
    }
    for (name, limit) in dispute.limits {
      #expect(Set(limit.fired).count == limit.fired.count, "\(name)")
      if let end = limit.end { #expect(limit.start <= end) }
      if !dispute.state.isOpen { #expect(limit.done != nil) }
    }
    // A deadline as long as a rung is left, and never in the past.
    let deadline = fixture.store.contents.deadlines["mediation|limit|\(id)"]
    if !dispute.state.isOpen { #expect(deadline == nil) }
    if let deadline { #expect(deadline.due > now) }
    #expect((dispute.outcome != nil) == !dispute.state.isOpen)
  }
}

/// The figures, counted again from the raw records.
struct FiguresRecount {
  let fixture: Fixture

  init(_ fixture: Fixture) { self.fixture = fixture }

  func check() throws {
    let disputes = (fixture.store.contents.rows["mediation.dispute"] ?? [:]).values.compactMap {
      Dispute($0.record.body)
    }
    let params: JSONObject = ["from": "2026-03-01", "to": "2027-02-28"]
    let total = try fixture.store.call("mediation.figures", params)["total"]
    let performed = disputes.filter { $0.state == .closed }.count
    let failed = disputes.filter { $0.state == .advised && $0.limits[.caseClock] != nil }.count
    #expect(total?["success"]?["numerator"] == .int(performed))
    #expect(total?["success"]?["denominator"] == .int(performed + failed))
    let exclusions = total?["success"]?["exclusions"]
    #expect(exclusions?["withdrawn"] == .int(disputes.filter { $0.state == .withdrawn }.count))
    #expect(
      exclusions?["not_eligible"]
        == .int(disputes.filter { $0.state == .advised && $0.limits[.caseClock] == nil }.count))
    #expect(exclusions?["failed_not_closed"] == .int(disputes.filter { $0.state == .failed }.count))
    let visited = disputes.filter { $0.times[.visited] != nil }.count
    let overdue = disputes.filter { dispute in
      dispute.state == .performed && dispute.limits[.visit]?.end.map { $0 <= fixture.store.now } ?? false
    }.count
    #expect(total?["visits"]?["numerator"] == .int(visited))
    #expect(total?["visits"]?["denominator"] == .int(visited + overdue))
    let calls = disputes.reduce(0) { $0 + $1.calls }
    let threads = Set(disputes.map(\.thread)).count
    #expect(total?["repeats"]?["numerator"] == .int(calls - threads))
    #expect(total?["repeats"]?["denominator"] == .int(threads))
  }
}
