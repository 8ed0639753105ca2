import StationKit

/// The rules that the module asks for; their numbers and sources are in `etc/transfer/rules.json`.
package enum RuleID {
  static let firstReceiver = "transfer.first_receiver"
  static let unit = "transfer.unit"
  static let receiver = "transfer.receiver"
  static let screening = "transfer.screening"
  static let unclear = "transfer.unclear"
  static let reclassify = "transfer.reclassify"
  static let urgent = "transfer.urgent"
  static let urgentLimit = "transfer.urgent.limit"
  static let administrativeLimit = "transfer.administrative.limit"
  static let criminalLimit = "transfer.criminal.limit"
  static let approval = "transfer.criminal.approval"
  static let approvalExpiry = "transfer.approval.expiry"
  static let notice = "transfer.criminal.notice"
  static let reporterTold = "transfer.reporter.told"
  static let acceptFirst = "transfer.accept_first"
  static let acceptLimit = "transfer.accept.limit"
  static let disputeWindow = "transfer.dispute.window"
  static let disputeFinal = "transfer.dispute.final"
  static let adjudicate = "transfer.adjudicate"
  static let rulingLimit = "transfer.ruling.limit"
  static let negotiation = "transfer.negotiation"
  static let designation = "transfer.designation"
  static let jurisdictionEnded = "transfer.jurisdiction.ended"
  static let jurisdictionNotice = "transfer.jurisdiction.notice"
  static let text = "transfer.text"
  static let idNumber = "transfer.id_number"
  static let correction = "transfer.correction"
  static let twoPeople = "transfer.evidence.two_people"
  static let digest = "transfer.evidence.digest"
  static let itemLimit = "transfer.evidence.limit"
  static let heldItem = "transfer.evidence.held"
  static let discrepancy = "transfer.evidence.discrepancy"
  static let countComplete = "transfer.count.complete"
  static let twoPersons = "transfer.count.two_persons"
  static let countOnce = "transfer.count.once"
  static let countTogether = "transfer.count.together"
  static let trouble = "transfer.trouble"
  static let warning = "transfer.warning"
  static let retention = "transfer.retention"
  static let figures = "transfer.figures"
  static let period = "transfer.figures.period"

  /// Every rule with the numbers that it must have.
  static let needs: [RuleBook.Need] =
    [
      RuleBook.Need(screening, ints: ["administrative_hours", "criminal_days"]),
      RuleBook.Need(urgent, ints: ["child_below", "girl_from", "girl_below"]),
      RuleBook.Need(urgentLimit, ints: ["minutes"]),
      RuleBook.Need(administrativeLimit, ints: ["hours"]),
      RuleBook.Need(criminalLimit, ints: ["hours"]),
      RuleBook.Need(approvalExpiry, ints: ["hours"]),
      RuleBook.Need(reporterTold, ints: ["hours"]),
      RuleBook.Need(acceptLimit, ints: ["hours"]),
      RuleBook.Need(disputeWindow, ints: ["hours"]),
      RuleBook.Need(adjudicate, ints: ["administrative_working_days", "criminal_working_days"]),
      RuleBook.Need(rulingLimit, ints: ["hours"]),
      RuleBook.Need(negotiation, ints: ["working_days"]),
      RuleBook.Need(itemLimit, ints: ["items"]),
      RuleBook.Need(countTogether, ints: ["minutes"]),
      RuleBook.Need(warning, ints: ["minutes"]),
      RuleBook.Need(retention, ints: ["years"]),
      RuleBook.Need(period, ints: ["days"]),
    ]
    + [
      firstReceiver, unit, receiver, unclear, reclassify, approval, notice, acceptFirst, disputeFinal,
      designation, jurisdictionEnded, jurisdictionNotice, text, idNumber, correction, twoPeople, digest,
      heldItem, discrepancy, countComplete, twoPersons, countOnce, trouble, figures,
    ].map { RuleBook.Need($0) }

  /// The most that a number may be, by its name: what the legal clock, the approval module and the schemas bear.
  static let greatest: [String: Int] = [
    "hours": 720, "administrative_hours": 720, "criminal_days": 60, "minutes": 1440, "working_days": 60,
    "administrative_working_days": 60, "criminal_working_days": 60, "years": 100,
    "items": Limits.items, "days": 366, "child_below": 150, "girl_from": 150, "girl_below": 150,
  ]
  /// Numbers that may be 0, as no warning at all.
  static let mayBeZero: Set = [warning, urgent]
}
