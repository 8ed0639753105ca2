import StationKit

/// The ids of the rules in `etc/keyperson/rules.json`, and the numbers that each must have.
enum RuleID {
  static let category = "keyperson.category"
  static let part = "keyperson.part"
  static let purpose = "keyperson.purpose"
  static let station = "keyperson.station"
  static let owner = "keyperson.owner"
  static let instrument = "keyperson.instrument"
  static let instrumentOnce = "keyperson.instrument.once"
  static let instrumentAge = "keyperson.instrument.age"
  static let term = "keyperson.term"
  static let clean = "keyperson.drug.clean"
  static let proposal = "keyperson.proposal"
  static let fourEyes = "keyperson.four_eyes"
  static let reviewInterval = "keyperson.review.interval"
  static let reviewWindow = "keyperson.review.window"
  static let review = "keyperson.review"
  static let ended = "keyperson.ended"
  static let erased = "keyperson.erased"
  static let erasure = "keyperson.erasure"
  static let dutyKind = "keyperson.duty.kind"
  static let dutyInterval = "keyperson.duty.interval"
  static let dutyGrace = "keyperson.duty.grace"
  static let dutyTime = "keyperson.duty.time"
  static let visitConsent = "keyperson.visit.consent"
  static let delistReason = "keyperson.delist.reason"
  static let delistNotice = "keyperson.delist.notice"
  static let contact = "keyperson.contact"
  static let readPurpose = "keyperson.read.purpose"
  static let readLookup = "keyperson.read.lookup"
  static let readTask = "keyperson.read.task"
  static let text = "keyperson.text"
  static let careNeed = "keyperson.care_need"
  static let correction = "keyperson.correction"
  static let tasks = "keyperson.tasks"
  static let figures = "keyperson.figures"
  static let period = "keyperson.figures.period"

  /// The longest term of one instrument.
  static func maximum(_ category: Category) -> String { "keyperson.maximum.\(category.rawValue)" }
  /// The longest follow-up with all its renewals.
  static func total(_ category: Category) -> String { "keyperson.total.\(category.rawValue)" }

  static let needs: [RuleBook.Need] =
    plain.map { RuleBook.Need($0) } + Category.allCases.map { RuleBook.Need(maximum($0), ints: ["months"]) }
    + Category.allCases.map { RuleBook.Need(total($0), ints: ["months"]) }
    + [
      RuleBook.Need(instrumentAge, ints: ["days", "days_at_most"]),
      RuleBook.Need(clean, ints: ["months"]),
      RuleBook.Need(proposal, ints: ["days", "days_at_most", "days_ahead"]),
      RuleBook.Need(fourEyes, ints: ["hours", "hours_at_most"]),
      RuleBook.Need(reviewInterval, ints: Category.allCases.map(\.rawValue) + ["days_at_most"]),
      RuleBook.Need(reviewWindow, ints: ["days", "days_at_most"]),
      RuleBook.Need(dutyInterval, ints: ["days_at_least", "duties_at_most"]),
      RuleBook.Need(dutyGrace, ints: ["hours", "hours_at_most"]),
      RuleBook.Need(delistNotice, ints: ["days"]),
      RuleBook.Need(erasure, ints: ["days", "days_at_most"]),
      RuleBook.Need(tasks, ints: ["days"]),
    ]

  private static let plain = [
    category, part, purpose, station, owner, instrument, instrumentOnce, term, review, ended, erased,
    dutyKind,
    dutyTime, visitConsent, delistReason, contact, readPurpose, readLookup, readTask, text, careNeed,
    correction, figures, period,
  ]
}
