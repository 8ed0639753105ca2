import CaseTransfer
import ModuleTesting
import StationKit
import Testing

/// Random calls on a few cases, with the clock moving on, now and then while the daemon is down.
@Suite("Invariants of the transfer")
struct InvariantTests {
  static let units = ["st-02", "public-security-brigade", "criminal-brigade", "traffic-brigade"]

  @Test("hold through random sequences of calls", arguments: 0..<24)
  func sequence(_ seed: UInt64) throws { try run(seed) }

  @Test("the sequences come to every state, and do every action")
  func reach() throws {
    var states: Set<State> = []
    var actions: Set<String> = []
    for seed in UInt64(100)..<116 {
      let fixture = try run(seed)
      for step in fixture.records("step") {
        actions.insert(step["action"]?.stringValue ?? "")
        states.insert(try #require(State(rawValue: step["to"]?.stringValue ?? "")))
      }
    }
    #expect(states == Set(State.allCases))
    #expect(actions == Set(Action.allCases.map(\.rawValue)))
  }

  @discardableResult
  private func run(_ seed: UInt64) throws -> Fixture {
    var random = Seeded(state: seed)
    let fixture = try Fixture()
    let ids = [
      try fixture.receive(), try fixture.receive("criminal"), try fixture.receive("unclear"),
      try fixture.receive(facts: ["missing_age": 6]),
    ]
    for id in ids { try fixture.add(id) }
    var owners: [String: [String]] = [:]
    for _ in 0..<160 {
      let id = try #require(ids.randomElement(using: &random))
      let before = try fixture.body(id)
      let version = fixture.version(id)
      do {
        try step(id, fixture, &random)
      } catch let error as RPCError {
        #expect(
          [.wrongState, .refusedByRule, .approvalRequired, .invalidParams, .notFound].contains(error.kind),
          "\(error)")
        #expect(fixture.version(id) == version, "\(error)")
      }
      let after = try fixture.body(id)
      // The owner changes by an acceptance or by the end of jurisdiction, and by nothing else.
      if after.owner != before.owner {
        let action = fixture.records("step").last?["action"]
        #expect(action == "accept" || action == "end_jurisdiction")
      }
      owners[id, default: [before.owner]].append(after.owner)
      let pause = fixture.store.now.adding(minutes: Int.random(in: 0...240, using: &random))
      if Int.random(in: 0..<4, using: &random) == 0 {
        try fixture.store.sleep(to: pause)
      } else {
        try fixture.store.advance(to: pause)
      }
    }
    for id in ids { try check(id, fixture, owners[id] ?? []) }
    try FigureRecount(fixture).check()
    return fixture
  }

  private func step(_ id: String, _ fixture: Fixture, _ random: inout Seeded) throws {
    let item = try fixture.body(id)
    // Mostly what leads on, so that cases come far.
    if Int.random(in: 0..<3, using: &random) > 0 {
      try forward(id, item, fixture, &random)
    } else if let action = Action.allCases.randomElement(using: &random),
      let (method, params) = Fixture.needed[action]
    {
      try fixture.call(method, id, params)
    }
  }

  private func forward(
    _ id: String, _ item: TransferCase, _ fixture: Fixture, _ random: inout Seeded
  ) throws {
    let other = Self.units.filter { $0 != item.unit }.randomElement(using: &random) ?? ""
    let isRare = Int.random(in: 0..<5, using: &random) == 0
    func call(_ action: Action, _ more: JSONObject = [:]) throws {
      guard let (method, given) = Fixture.needed[action] else { return }
      var params = given
      for (key, value) in more { params[key] = value }
      try fixture.call(method, id, params)
    }
    switch item.state {
    case .received: try fixture.screen(id, to: item.isUrgent ? "criminal-brigade" : other)
    case .screened where !item.isLegOpen:
      if isRare {
        try call(.negotiate)
      } else {
        try fixture.screen(id, to: item.isUrgent ? "criminal-brigade" : other)
      }
    case .screened where isRare: try fixture.call("screen", id, ["jurisdiction": "outside"])
    case .screened: item.kind == .criminal ? try fixture.approve(id, as: .all) : try call(.send)
    case .approval:
      if item.approval?.approved == nil { try fixture.approve(id, as: .all) } else { try call(.issueNotice) }
    case .noticeIssued: try call(.send)
    case .sent, .discrepancy:
      let sheet = fixture.sheet(id) {
        if $0 == 1, isRare { $1["quantity"] = 1 }
      }
      try fixture.count(id, Bool.random(using: &random) ? "giving" : "receiving", sheet)
    case .counted: try fixture.accept(id)
    case .accepted: isRare ? try call(.negotiate) : try call(.dispute)
    case .acceptedUnderDispute: try call(.adjudicate, ["to": .string(isRare ? item.unit : other)])
    case .adjudicated where item.isLegOpen:
      let needsNotice = item.kind == .criminal && !item.isUrgent && item.notice == nil
      needsNotice ? try call(.issueNotice) : try call(.send)
    case .adjudicated: try call(.negotiate)
    case .negotiating: try call(isRare ? .designate : .keep)
    case .designated: try call(isRare ? .endJurisdiction : .urgentStep)
    case .jurisdictionEnded: try call(isRare ? .handOut : .addEvidence)
    }
  }

  private func check(_ id: String, _ fixture: Fixture, _ owners: [String]) throws {
    let item = try fixture.body(id)
    let ledger = fixture.records("ownership").filter { $0["case"]?.stringValue == id }
    // Intervals meet: the first from the receipt, each from where the one before ends, only the last open.
    #expect(ledger.first?["from"]?.intValue == Int(item.received.milliseconds))
    for (place, interval) in ledger.enumerated() {
      let next = place + 1 < ledger.count ? ledger[place + 1] : nil
      #expect(interval["until"] == next?["from"])
      #expect(interval["number"] == .int(place + 1))
    }
    #expect(ledger.last?["owner"]?.stringValue == item.owner)
    // At every instant exactly one interval holds it, and the owners seen are the ledger's, in order.
    for _ in 0..<20 {
      let span = fixture.store.now.milliseconds - item.received.milliseconds
      let at = Int(item.received.milliseconds + Int64.random(in: 0...max(span, 1)))
      let holding = ledger.filter {
        ($0["from"]?.intValue ?? .max) <= at && at < ($0["until"]?.intValue ?? .max)
      }
      #expect(holding.count == 1)
    }
    var seen: [String] = []
    for owner in owners where seen.last != owner { seen.append(owner) }
    #expect(seen == ledger.compactMap { $0["owner"]?.stringValue })
    try checkSignatures(id, fixture)
    try checkChains(id, fixture)
    // Steps are numbered without a gap, and a deadline waits exactly as long as somebody is to be told.
    let steps = fixture.records("step").filter { $0["case"]?.stringValue == id }
    #expect(steps.compactMap { $0["number"]?.intValue } == Array(1...item.steps))
    let deadline = fixture.store.contents.deadlines["transfer|clock|\(id)"]
    #expect((deadline != nil) == item.duties.contains { $0.isOpen && !$0.alarmed })
    if let deadline { #expect(deadline.due > fixture.store.now) }
    #expect(TransferCase(item.body(.shanghai))?.body(.shanghai) == item.body(.shanghai))
  }

  /// Each accepted leg was counted by two people who agreed on everything that blocks.
  private func checkSignatures(_ id: String, _ fixture: Fixture) throws {
    let signatures = fixture.records("signature").filter { $0["case"]?.stringValue == id }
    let rounds = Dictionary(grouping: signatures) { $0["round"]?.intValue ?? 0 }
    for (_, signed) in rounds {
      #expect(signed.count <= 2 && Set(signed.map { $0["by"] }).count == signed.count)
      #expect(Set(signed.map { $0["side"] }).count == signed.count)
      #expect(signed.first?["result"] == "waiting")
    }
    let legs = fixture.records("leg").filter { $0["case"]?.stringValue == id && $0["accepted"] != nil }
    for leg in legs {
      let last = signatures.filter { $0["leg"] == leg["number"] }.last
      #expect(last?["result"] == "clean")
    }
    let found = fixture.records("discrepancy").filter {
      $0["case"]?.stringValue == id && $0["blocks"] == true
    }
    let closed = signatures.filter { $0["result"] == "discrepancy" }
    #expect(Set(found.map { $0["round"] }) == Set(closed.map { $0["round"] }))
  }

  private func checkChains(_ id: String, _ fixture: Fixture) throws {
    for item in fixture.records("item") where item["case"]?.stringValue == id {
      let links = fixture.records("custody").filter { $0["item_id"]?.stringValue == item.id }
      #expect(links.compactMap { $0["number"]?.intValue } == Array(1...links.count))
      #expect(item["links"] == .int(links.count))
      for (before, link) in zip(links, links.dropFirst()) {
        #expect(link["previous"]?.stringValue == before.id)
        #expect(link["from"] == before["to"])
      }
      let holder = item["holder"]
      #expect(holder?["handler"] != holder?["custodian"])
      if item["held"] == true { #expect(links.last?["to"] == holder) }
    }
  }
}

/// The figures again, from the raw records and by another way of counting.
struct FigureRecount {
  let fixture: Fixture

  init(_ fixture: Fixture) { self.fixture = fixture }

  func check() throws {
    let total = try fixture.store.call(
      "transfer.figures", ["from": "2026-03-01", "to": "2026-12-31"])["total"]
    let now = Int(fixture.store.now.milliseconds)
    let legs = fixture.records("leg")
    #expect(total?["legs"] == .int(legs.count))
    for (name, member) in [("sent_in_time", "sent"), ("taken_over_in_time", "accepted")] {
      let due: (Record) -> Int = { $0["due"]?.intValue ?? 0 }
      let done = legs.filter { $0[member] != nil }
      let inTime = done.filter { ($0[member]?.intValue ?? .max) < due($0) }
      let open = legs.filter { $0[member] == nil }
      let excluded = open.filter { ($0["dropped"]?.intValue ?? now) < due($0) }
      #expect(total?[name]?["numerator"] == .int(inTime.count))
      #expect(total?[name]?["denominator"] == .int(legs.count - excluded.count))
    }
    let disputes = fixture.records("dispute")
    let ruled = disputes.filter { ["stays", "moves"].contains($0["result"]?.stringValue) }
    let lengths = ruled.map { (($0["decided"]?.intValue ?? 0) - ($0["opened"]?.intValue ?? 0)) / 1000 }
      .sorted()
    #expect(total?["disputes"]?["opened"] == .int(disputes.count))
    #expect(total?["disputes"]?["measured"] == .int(lengths.count))
    if !lengths.isEmpty {
      #expect(total?["disputes"]?["median_s"] == .int(lengths[(lengths.count - 1) / 2]))
    }
    let closed = fixture.records("signature").filter { $0["result"] != "waiting" }
    #expect(total?["discrepancies"]?["counts"]?["denominator"] == .int(closed.count))
    #expect(
      total?["discrepancies"]?["counts"]?["numerator"]
        == .int(closed.filter { $0["result"] == "discrepancy" }.count))
    #expect(total?["discrepancies"]?["total"] == .int(fixture.records("discrepancy").count))
  }
}
