import StationKit

/// One record: a person, the instrument under which they are followed up, and when that ends.
package struct KeyRecord: Sendable {
  /// A renewal that waits for a second person. Its instrument is among the personal members.
  package struct Renewal: Sendable, Hashable {
    let to: CivilDate
    let nextReview: CivilDate
    let approval: String
    let by: String
  }

  /// Out of contact, since when, and what was opened; no support where it was refused, or is still to be asked.
  package struct Lost: Sendable, Hashable {
    let since: Instant
    package var support: String?
    let task: String
  }

  /// How an absence ended.
  package struct Episode: Sendable, Hashable {
    let at: Instant
    let outcome: ContactOutcome
    let handover: HandoverTo?
  }

  package struct Delisting: Sendable, Hashable {
    package let reason: DelistReason
    package let at: Instant
    package let eraseAt: Instant
  }

  package let category: Category
  package let part: Part?
  package let station: String
  /// The unit that answers for the authority of the instrument.
  package let owner: String
  package let purpose: Purpose
  /// The day whose rules hold for the whole life of the record.
  package let rulesOn: CivilDate
  package let from: CivilDate
  package let proposedBy: String
  package let lapses: Instant
  package let cleanSince: CivilDate?
  package let cleanEnds: Instant?

  package var to: CivilDate
  /// When the last day is over.
  package var ends: Instant
  package var nextReview: CivilDate
  package var reviewOpens: Instant
  package var reviewEnds: Instant
  package var state = State.proposed
  /// `active` or `renewed`, where a review leads back to.
  package var former: State?
  /// Everybody who said that the instrument was seen.
  package var verifiers: [String] = []
  package var approval: String?
  package var renewal: Renewal?
  package var renewals = 0
  package var corrections = 0
  package var isCleanNoted = false
  package var lost: Lost?
  package var episodes: [Episode] = []
  package var delisting: Delisting?
  /// The open tasks of the proposal or renewal, and of the review.
  package var stepTask: String?
  package var reviewTask: String?
  /// The members that the store encrypts with the person's key, by name.
  package var personal: JSONObject

  /// Names of the personal members.
  static let personalMembers = [
    "name", "id_number", "phone", "guardian", "instrument", "instrument_number", "pending_instrument",
    "former_instruments", "consent", "care_need", "decision",
  ]

  /// How many people can say that the instrument was seen: an approval leaves out twenty at most.
  static let verifiersAtMost = 19

  /// How many absences are kept.
  static let episodesAtMost = 20

  init(
    category: Category, part: Part?, station: String, owner: String, rulesOn: CivilDate, from: CivilDate,
    to: CivilDate, nextReview: CivilDate, proposedBy: String, lapses: Instant, clean: (CivilDate, Instant)?,
    personal: JSONObject, zone: Zone
  ) {
    self.category = category
    self.part = part
    self.station = station
    self.owner = owner
    self.purpose = Purpose.of(category, part)
    self.rulesOn = rulesOn
    self.from = from
    self.to = to
    self.nextReview = nextReview
    self.proposedBy = proposedBy
    self.lapses = lapses
    self.cleanSince = clean?.0
    self.cleanEnds = clean?.1
    self.personal = personal
    ends = to.end(in: zone)
    reviewOpens = nextReview.start(in: zone)
    reviewEnds = nextReview.end(in: zone)
  }

  /// Whether the instrument puts duties on the person: not on who is protected, missing, or agreed to be helped.
  var isBound: Bool { !category.duties.isEmpty || part == .bound }

  /// Who proposed or verified: they approve nothing about the record.
  var entrants: [String] { [proposedBy] + verifiers.filter { $0 != proposedBy } }
}
