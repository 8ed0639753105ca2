import StationKit

/// One case on its way, as stored.
package struct TransferCase: Sendable {
  package var kind: Kind
  /// Taken as administrative because it was not clear whether it is a crime.
  package var isUnclear: Bool
  /// Goes to the criminal brigade at once; approval and notice are recorded and hold nothing.
  package var isUrgent = false
  package var state: State
  /// The unit of the bureau that owns it, or owned it last.
  package var unit: String
  /// Who owns it: ``unit``, or the designated bureau once the jurisdiction has ended.
  package var owner: String
  /// Its first receiver.
  package let origin: String
  /// Who sends and who is to receive it in the newest leg.
  package var sender: String?
  package var receiver: String?
  /// Whether the newest leg has not ended.
  package var isLegOpen = false
  /// Legs begun. A leg is one way from one unit to another.
  package var leg = 0
  package var jurisdiction: Jurisdiction?
  /// The other bureau, and when its designation was recorded.
  package var bureau: String?
  package var designated: Instant?
  package let rulesOn: CivilDate
  package let received: Instant
  package let openedBy: String
  /// The first instant of the present owner.
  package var ownedSince: Instant
  /// From when the 24 hours of an administrative case run: its receipt, its acceptance, or the decision of the
  /// common superior that it stays.
  package var clockFrom: Instant
  /// From when the 24 hours of a criminal case run, whatever its owner finds later: its first finding that the case
  /// is not its own. nil before that.
  package var found: Instant?
  /// The newest step.
  package var last: Instant
  package var duties: [Duty] = []
  package var approval: Approval?
  package var notice: Notice?
  /// The count that one side has signed.
  package var round: Round?
  /// Numbers given out: counts begun, items, steps, intervals of ownership, disputes.
  package var rounds = 0
  package var items = 0
  package var steps = 0
  package var intervals = 0
  package var disputes = 0
  /// The legal department has ruled on this leg: no further dispute.
  package var isRuled = false
  package var told: Instant?
  /// Steps recorded between the receipt of the notice that ended jurisdiction and its recording.
  package var stepsAfterNotice = 0
  package var facts: JSONValue?
  package var support: String?
  package var summary: JSONValue
  package var reporter: JSONValue?
  package var persons: JSONValue?
  /// What was corrected about reporter and persons, the oldest first; as stored and as shown.
  package var corrections: [JSONValue] = []
  /// When the way ended; nil while it goes on.
  package var ended: Instant?

  package struct Approval: Sendable, Hashable {
    package let id: String
    package let requested: Instant
    package var approved: Instant?
    package var by: String?
  }

  package struct Notice: Sendable, Hashable {
    package let number: String
    package let at: Instant
  }

  package struct Round: Sendable, Hashable {
    package let number: Int
    package let side: Side
    package let by: String
    package let at: Instant
    /// The signature's record.
    package let record: String
  }

  /// Who signs. The raw values are stable codes.
  package enum Side: String, Sendable, CaseIterable {
    case giving, receiving
  }

  init(
    kind: Kind, isUnclear: Bool, unit: String, rulesOn: CivilDate, received: Instant, openedBy: String,
    summary: JSONValue
  ) {
    self.kind = kind
    self.isUnclear = isUnclear
    state = CaseLife.table.initial
    self.unit = unit
    owner = unit
    origin = unit
    self.rulesOn = rulesOn
    self.received = received
    self.openedBy = openedBy
    ownedSince = received
    clockFrom = received
    last = received
    self.summary = summary
  }

  /// Whether a bureau outside owns it.
  package var isOutside: Bool { state == .jurisdictionEnded }

  package func duty(_ name: DutyName) -> Duty? { duties.first { $0.name == name } }

  /// The open duty that is due first.
  package var nextDuty: Duty? {
    duties.filter(\.isOpen).min { ($0.due, $0.name.rawValue) < ($1.due, $1.name.rawValue) }
  }

  /// The next instant at which somebody is to hear of a duty.
  func nextRung(warning minutes: Int) -> Instant? {
    duties.compactMap { $0.nextRung(warning: minutes) }.min()
  }

  /// Sets a duty, in place of an earlier one of its name.
  mutating func owe(_ duty: Duty) {
    drop(duty.name)
    duties.append(duty)
  }

  mutating func fulfil(_ name: DutyName, at now: Instant) {
    guard let place = duties.firstIndex(where: { $0.name == name && $0.isOpen }) else { return }
    duties[place].done = now
  }

  /// Takes a duty away that nobody owes any more.
  mutating func drop(_ name: DutyName) { duties.removeAll { $0.name == name } }
}
