import StationKit

/// One request with its present cycle, as stored.
package struct SupportRequest: Sendable {
  package var scenario: Int
  package var station: String
  /// The department that has it now.
  package var department: String
  package var state: State
  package var urgency: Urgency
  /// The branch that was named when it was opened.
  package var branch: String?
  package var openedBy: String
  /// Who else asked for what it asks for now: who reopened it, and who stated facts after the opening. None in
  /// records of before.
  package var askedBy: [String] = []
  /// The cycle's pins; a value that openings of one day share.
  package var cycle: JSONValue
  package var clocks: Clocks
  package var outcome = Outcome()
  package var summary: JSONValue
  package var place: JSONValue?
  package var contact: JSONValue?
  package var facts: JSONObject?
  package var marks: JSONObject = [:]
  /// The team or desk that works on it.
  package var assigned: String?
  /// The state in which information was requested.
  package var former: State?
  /// Who approved, if anyone had to.
  package var approvedBy: String?
  /// Every step after the opening. Its reasons are free text, so it is kept as personal data.
  package var history: [JSONValue] = []
  /// When a closed or withdrawn request ended.
  package var ended: Instant?

  package init(
    scenario: Int, station: String, department: String, state: State, urgency: Urgency, openedBy: String,
    cycle: JSONValue, clocks: Clocks, summary: JSONValue
  ) {
    self.scenario = scenario
    self.station = station
    self.department = department
    self.state = state
    self.urgency = urgency
    self.openedBy = openedBy
    self.cycle = cycle
    self.clocks = clocks
    self.summary = summary
  }

  /// Whether a person asked for it: an approver is someone else.
  func isAsked(by principal: Principal) -> Bool {
    ([openedBy] + askedBy).contains(where: principal.isSame)
  }

  mutating func ask(by principal: Principal) {
    if !isAsked(by: principal) { askedBy.append(principal.person) }
  }

  /// What its deadline says: whether another calendar is waited for.
  var deadlinePayload: JSONObject {
    Deadline.payload(provisionalUnder: clocks.awaitsCalendar ? Cycle(cycle)?.calendarVersion : nil)
  }

  /// Where a list shows it among those of the same state: immediate ones first, then by what is due next;
  /// those that ended by when they did.
  package var rank: Int {
    if let ended, !state.isOpen { return Int(ended.milliseconds) }
    let due = clocks.nextDue.map { Int($0.milliseconds) } ?? Rank.none
    return Rank.of(urgency, due: due)
  }

  package var response: ClockFigure {
    if let at = clocks.acknowledged {
      return .done(milliseconds: at.milliseconds(since: clocks.start), onTime: at < clocks.responseDue)
    }
    guard state == .withdrawn, let ended else { return .running(due: clocks.responseDue) }
    return ended < clocks.responseDue ? .withdrawn : .breached
  }

  package var support: ClockFigure {
    let due = clocks.supportDue
    if let at = clocks.completed {
      let taken = clocks.pauses.elapsed(from: clocks.start, to: at)
      return .done(milliseconds: taken, onTime: due.map { at < $0 } ?? true)
    }
    guard state == .withdrawn, let ended else { return due.map { .running(due: $0) } ?? .paused }
    return due.map { ended < $0 } ?? true ? .withdrawn : .breached
  }
}

/// The order of open requests in one integer of at most 15 digits.
enum Rank {
  /// The instant of one that has nothing due.
  static let none = 9_999_999_999_999
  private static let step = 10_000_000_000_000

  static func of(_ urgency: Urgency, due: Int) -> Int { urgency.rank * step + min(max(due, 0), none) }
}
