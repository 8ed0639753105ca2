import ModuleTesting
import StationKit
import SupportRequests
import Testing

/// Random calls on a few requests, with the clock moving on, now and then while the daemon is down.
@Suite("Invariants of the life cycle")
struct InvariantTests {
  static let actions = Action.allCases.filter { $0 != .lapse }

  @Test("hold through random sequences of calls", arguments: 0..<30)
  func sequence(_ seed: UInt64) throws {
    var random = Seeded(state: seed)
    let fixture = try Fixture()
    let ids = try [1, 2, 4, 8, 19].map { try fixture.open($0) }
    var responseDue: [String: Known] = [:]
    for _ in 0..<150 {
      guard let id = ids.randomElement(using: &random),
        let action = Self.actions.randomElement(using: &random)
      else {
        continue
      }
      let before = fixture.store.contents.rows["support.request"]?[id]?.record
      do {
        try fixture.step(action.rawValue, id, Self.more(action, &random))
      } catch let error as RPCError {
        // Refused for its state, by a rule, or for want of approval: and then nothing has changed.
        #expect([.wrongState, .refusedByRule, .approvalRequired].contains(error.kind), "\(error)")
        #expect(fixture.store.contents.rows["support.request"]?[id]?.record.version == before?.version)
      }
      let pause = fixture.store.now.adding(minutes: Int.random(in: 0...90, using: &random))
      if Int.random(in: 0..<4, using: &random) == 0 {
        try fixture.store.sleep(to: pause)
      } else {
        try fixture.store.advance(to: pause)
      }
      for id in ids { try check(id, fixture, &responseDue) }
    }
    try checkEvents(fixture)
  }

  static func more(_ action: Action, _ random: inout Seeded) -> JSONObject {
    switch action {
    case .redirect:
      ["to": .string(["logistics", "inspectorate", "cyber-brigade"].randomElement(using: &random) ?? "")]
    case .changeUrgency:
      ["urgency": .string(Urgency.allCases.randomElement(using: &random)?.rawValue ?? "")]
    default: [:]
    }
  }

  /// What was known of a response clock after the call before.
  struct Known {
    let cycle: Int
    let urgency: Urgency
    let due: Instant
    let isBreached: Bool
    let isAnswered: Bool
    /// Whether the urgency has changed since the answer.
    let isChanged: Bool

    /// The response clock moves only with the urgency or a new cycle, and never once it has passed; one that was
    /// answered moves when a redirect voids the answer, if the urgency has changed since.
    func mayMove(to request: SupportRequest, cycle: Int) -> Bool {
      if self.cycle != cycle { return true }
      if isBreached { return false }
      return isAnswered ? isChanged && request.clocks.acknowledged == nil : urgency != request.urgency
    }
  }

  private func check(_ id: String, _ fixture: Fixture, _ known: inout [String: Known]) throws {
    let request = try #require(fixture.body(id))
    let cycle = try #require(request.cycle["number"]?.intValue)
    let clocks = request.clocks
    let before = known[id]
    if let before, !before.mayMove(to: request, cycle: cycle) { #expect(before.due == clocks.responseDue) }
    let isAnswered = clocks.acknowledged != nil
    let hasChanged = before.map { $0.isAnswered && ($0.isChanged || $0.urgency != request.urgency) } ?? false
    known[id] = Known(
      cycle: cycle, urgency: request.urgency, due: clocks.responseDue,
      isBreached: clocks.responseDue <= clocks.acknowledged ?? fixture.store.now,
      isAnswered: isAnswered, isChanged: isAnswered && hasChanged)
    // Rungs at most once, and never one that is not reached.
    for (clock, fired) in [(ClockName.response, clocks.firedResponse), (.support, clocks.firedSupport)] {
      #expect(Set(fired).count == fired.count, "\(clock)")
    }
    // Paused exactly while information is owed (or was, when it was withdrawn).
    if request.state.isOpen { #expect(clocks.pauses.isPaused == (request.state == .infoRequested)) }
    // One open cycle: all before it are archived, and no other is.
    let archived = (fixture.store.contents.rows["support.cycle"] ?? [:]).keys.filter {
      $0.hasPrefix("\(id).")
    }
    #expect(archived.count == cycle - 1)
    // A deadline as long as something is left to happen, and never in the past.
    let deadline = fixture.store.contents.deadlines["support|clock|\(id)"]
    if !request.state.isOpen { #expect(deadline == nil) }
    if let deadline { #expect(deadline.due > fixture.store.now) }
    // What is stored reads back as it is.
    #expect(SupportRequest(request.body)?.body == request.body)
    #expect(request.body["rank"]?.intValue == request.rank)
  }

  private func checkEvents(_ fixture: Fixture) throws {
    let changed = fixture.events("changed")
    for event in changed {
      #expect(event["to"]?.arrayValue?.contains("coordination-desk") == true)
      #expect(State(rawValue: event["state"]?.stringValue ?? "") != nil)
    }
    #expect(fixture.events("escalated").allSatisfy { $0["to"]?.arrayValue?.isEmpty == false })
  }
}
