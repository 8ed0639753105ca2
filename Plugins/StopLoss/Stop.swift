import StationKit

/// One stop on one account, with the freeze and the return that follow it, as stored.
package struct Stop: Sendable, Hashable {
  /// The report that it was asked for with, and what the figures take from that report.
  package let report: String
  package let reported: Instant
  package let station: String
  package let fraudType: String
  package var ageBand: String
  /// Whose account it is: a record's id, never its number.
  package let account: String
  /// Which of the account's turns it takes, 1 or 2; one that never came about gives its turn back.
  package var attempt: Int
  /// The day whose rules it keeps.
  package let rulesOn: CivilDate
  package let requested: Instant
  package let requestedBy: String
  /// What the bank was asked to hold, in fen.
  package let amount: Int

  package var state: StopState
  /// The state that a refused freeze or a withdrawn return leads back to.
  package var former: StopState?
  /// By when the bank is expected to answer; nil once it has, or was given up.
  package var answerDue: Instant?
  /// What the bank holds now, in fen; 0 unless it said that it stopped.
  package var held = 0
  /// What the bank held when the present lapse let go of it, in fen; nil unless a freeze or a stop has lapsed.
  package var letGo: Int?
  /// What was returned, in fen.
  package var returned = 0
  /// The 48 hours from the bank's stop instant.
  package var hold: StoredTerm?
  package var mismatch: [Mismatch] = []
  /// The bank's reference of its answer.
  package var reference: String?
  package var freeze: Freeze?
  /// Since when it is known that the money has nothing to do with the case, and by when it is to be released.
  package var unrelated: StoredTerm?
  package var decision: ReturnDecision?
  /// Returns that the bank has finished.
  package var returns: [ReturnDecision] = []
  /// How many ends passed without anyone having dealt with them: the figures' lapses.
  package var lapses = 0
  /// Alarms of the present term that have gone out, counted from its first.
  package var alarms = 0
  /// One-off notices of the clock that have gone out.
  package var told: [String] = []
  /// When the money was released, or, where it was found unrelated, let go by the end of the stop or the freeze.
  package var released: Instant?
  package var ended: Instant?
  package var history: [JSONValue] = []

  package init(
    report: String, reported: Instant, station: String, fraudType: String, ageBand: String, account: String,
    attempt: Int, rulesOn: CivilDate, requested: Instant, requestedBy: String, amount: Int, state: StopState
  ) {
    self.report = report
    self.reported = reported
    self.station = station
    self.fraudType = fraudType
    self.ageBand = ageBand
    self.account = account
    self.attempt = attempt
    self.rulesOn = rulesOn
    self.requested = requested
    self.requestedBy = requestedBy
    self.amount = amount
    self.state = state
  }

  /// When the bank lets go of the money by itself: the end of the freeze, or of the stop; nil where nothing is
  /// held or what is held has no end of its own.
  package var ends: Instant? {
    if state.isFrozen { return freeze?.term?.end }
    return isStopped ? hold?.end : nil
  }

  /// Since when the bank has held the money that it holds now, without a gap; nil where ``ends`` is.
  private var holdsSince: Instant? {
    guard state.isFrozen else { return isStopped ? hold?.start : nil }
    guard let frozen = freeze?.since ?? freeze?.ordered else { return nil }
    // A freeze that came while the stop ran took its place.
    if let hold, frozen <= hold.end { return min(hold.start, frozen) }
    return frozen
  }

  /// Whether what is held now was held at an instant already, and goes on beyond it.
  func holds(at instant: Instant) -> Bool {
    guard let since = holdsSince, let ends else { return false }
    return since <= instant && instant < ends
  }

  /// Whether it is one of the two stops that an account may have: a stop that never came about is not.
  package var isCounted: Bool { hold != nil || state == .stopRequested }

  /// Whether the bank's answer to the request is still open, also where a freeze was asked for meanwhile.
  package var isAsking: Bool {
    state == .stopRequested || state == .noAnswer || state == .freezeRequested && former == .noAnswer
  }

  /// Whether the stop itself still runs, before a freeze has taken its place.
  package var isStopped: Bool {
    state == .stopped || state == .freezeRequested && former == .stopped
  }
}
