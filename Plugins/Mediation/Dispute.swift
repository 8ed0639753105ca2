import StationKit

/// One dispute with its mediation, as stored.
package struct Dispute: Sendable {
  package var kind: Kind
  package var mode: Mode
  /// The police station that took it first.
  package var station: String
  /// The one unit that owns it now.
  package var owner: String
  package var state = State.registered
  package var opened: Instant
  /// The day whose rules it is under.
  package var rulesOn: CivilDate
  /// The first dispute of the same parties and matter: itself, if there was none before.
  package var thread: String
  package var matter: JSONValue
  package var summary: JSONValue
  package var place: JSONValue?
  package var risk = false
  /// Calls about this one, the first included.
  package var calls = 1
  /// Attempts that failed: a session without agreement, an agreement not performed, a party that did not come.
  package var failures: [Instant] = []
  package var roster: [Person] = []
  package var custody: [Custody] = []
  package var proposal: Proposal?
  /// Each decision on eligibility, with why.
  package var decisions: [Decision] = []
  package var sessions = 0
  /// When each dated step happened.
  package var times: [Moment: Instant] = [:]
  package var limits: [LimitName: Limit] = [:]
  package var pauses = PauseLedger()
  package var extensions: [Extension] = []
  /// The kind of mediation that the agreement came about in.
  package var agreementMode: Mode?
  package var court: JSONObject?
  package var failedFor: FailureReason?
  package var advice: Advice?
  /// Support requests that it opened.
  package var doors: [SupportDoor] = []
  /// Whether the visit found the dispute settled.
  package var settled: Bool?
  package var history: [JSONValue] = []
  package var ended: Instant?
  /// The state in which it was withdrawn.
  package var withdrawnIn: State?

  package init(
    kind: Kind, mode: Mode, station: String, opened: Instant, rulesOn: CivilDate, thread: String,
    matter: JSONValue, summary: JSONValue
  ) {
    self.kind = kind
    self.mode = mode
    self.station = station
    owner = station
    self.opened = opened
    self.rulesOn = rulesOn
    self.thread = thread
    self.matter = matter
    self.summary = summary
  }

  /// A dated step. The raw values are stable codes.
  package enum Moment: String, Sendable, CaseIterable {
    case accepted
    case session1 = "session_1"
    case session2 = "session_2"
    case signed, performed, visited, failed
  }

  /// A person of the dispute, without anything personal.
  package struct Person: Sendable, Hashable {
    package let id: String
    package let role: Role
    /// Whom a guardian or proxy stands by.
    package var represents: String?
    /// Whether the person is willing; nil until asked.
    package var agrees: Bool?

    package init(id: String, role: Role, represents: String? = nil, agrees: Bool? = nil) {
      self.id = id
      self.role = role
      self.represents = represents
      self.agrees = agrees
    }
  }

  /// Who owned it, from when to when, and in which kind of mediation.
  package struct Custody: Sendable, Hashable {
    package let unit: String
    package let mode: Mode
    package let since: Instant
    package var until: Instant?
    package let acceptedBy: String
    /// The committee or court that mediates, where it is not the unit, and who took over for it.
    package var body: String?
    package var taker: String?
  }

  /// A hand-over that the other has not accepted yet.
  package struct Proposal: Sendable, Hashable {
    package let to: String
    package let mode: Mode
    package let by: String
    package let at: Instant
    package var body: String?
    package let reason: String
  }

  package struct Decision: Sendable, Hashable {
    package let at: Instant
    package let by: String
    package let open: Bool
    package let exclusions: [Exclusion]
    package let reason: String
  }

  package struct Extension: Sendable, Hashable {
    package let approval: String
    package let askedAt: Instant
    package let reason: String
    package var grantedAt: Instant?
  }

  package struct SupportDoor: Sendable, Hashable {
    package let request: String
    package let at: Instant
  }

  /// The latest dated step: nothing happens before it.
  package var latest: Instant { max(opened, times.values.max() ?? opened) }

  /// The kind of mediation that had it at an instant.
  package func modeHeld(at instant: Instant) -> Mode {
    custody.last { $0.since <= instant }?.mode ?? mode
  }

  package func person(_ id: String) -> Person? { roster.first { $0.id == id } }

  package var parties: [Person] { roster.filter(\.role.isParty) }

  /// Limits that have passed unmet, or were met late.
  package func late(at now: Instant) -> [LimitName] {
    LimitName.allCases.filter { limits[$0]?.isLate(at: now) ?? false }
  }

  /// The running limit that ends first.
  package var next: (name: LimitName, end: Instant)? {
    var next: (name: LimitName, end: Instant)?
    for name in LimitName.allCases {
      guard let limit = limits[name], limit.isRunning, let end = limit.end else { continue }
      if next.map({ end < $0.end }) ?? true { next = (name, end) }
    }
    return next
  }
}
