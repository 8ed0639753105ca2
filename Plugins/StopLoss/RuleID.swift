import StationKit

/// The ids of the module's rules, and the numbers that each must have in its data file.
package enum RuleID {
  // Intake
  package static let station = "stoploss.intake.station"
  package static let key = "stoploss.intake.key"
  package static let card = "stoploss.intake.card"
  package static let account = "stoploss.intake.account"
  package static let idNumber = "stoploss.intake.id_number"
  package static let creditCode = "stoploss.intake.credit_code"
  package static let amount = "stoploss.intake.amount"
  package static let instant = "stoploss.intake.instant"
  package static let parties = "stoploss.intake.parties"
  package static let known = "stoploss.intake.known_accounts"
  package static let loss = "stoploss.intake.loss"
  package static let limits = "stoploss.intake.limits"
  package static let text = "stoploss.text"
  package static let steps = "stoploss.steps"
  package static let close = "stoploss.close"
  package static let correction = "stoploss.correction"
  // Stop
  package static let stopTerm = "stoploss.stop.term"
  package static let twice = "stoploss.stop.twice"
  package static let stopTarget = "stoploss.stop.target"
  package static let answer = "stoploss.stop.answer"
  package static let answerTime = "stoploss.stop.answer_time"
  package static let match = "stoploss.stop.match"
  package static let stopAlarms = "stoploss.stop.alarms"
  package static let lapse = "stoploss.lapse"
  // Freeze
  package static let approval = "stoploss.freeze.approval"
  package static let approvalTime = "stoploss.freeze.approval_time"
  package static let particulars = "stoploss.freeze.particulars"
  package static let freezeTerm = "stoploss.freeze.term"
  package static let major = "stoploss.freeze.major"
  package static let renewal = "stoploss.freeze.renewal"
  package static let queue = "stoploss.freeze.queue"
  package static let freezeRecord = "stoploss.freeze.record"
  package static let freezeAlarms = "stoploss.freeze.alarms"
  package static let unrelated = "stoploss.release.unrelated"
  package static let releaseTime = "stoploss.release.instant"
  // Return
  package static let shares = "stoploss.return.shares"
  package static let payers = "stoploss.return.payers"
  package static let officers = "stoploss.return.two_officers"
  package static let notice = "stoploss.return.notice"
  package static let bank = "stoploss.return.bank"
  // Money graph and figures
  package static let fifo = "stoploss.trace.first_in_first_out"
  package static let recompute = "stoploss.trace.recompute"
  package static let next = "stoploss.next.order"
  package static let figures = "stoploss.figures"
  package static let period = "stoploss.figures.period"
  package static let ageBands = "stoploss.figures.age_bands"
  package static let smallestCell = "stoploss.figures.smallest_cell"

  static let needs: [RuleBook.Need] = [
    .init(station), .init(key), .init(card), .init(account), .init(idNumber), .init(creditCode),
    .init(amount),
    .init(instant), .init(parties), .init(known), .init(loss), .init(limits), .init(text),
    .init(steps, ints: ["stop_minutes", "evidence_hours"]), .init(stopTerm, ints: ["hours"]),
    .init(close, ints: ["idle_days"]), .init(correction), .init(twice, ints: ["stops"]), .init(stopTarget),
    .init(answer),
    .init(answerTime, ints: ["minutes"]),
    .init(match), .init(stopAlarms, lists: ["hours"]), .init(lapse), .init(approval),
    .init(approvalTime, ints: ["hours"]), .init(particulars),
    .init(freezeTerm, ints: ["months", "major_months", "securities_months"]), .init(major), .init(renewal),
    .init(queue), .init(freezeRecord), .init(freezeAlarms, lists: ["days"]), .init(unrelated, ints: ["days"]),
    .init(releaseTime), .init(shares), .init(payers), .init(officers), .init(notice, ints: ["days"]),
    .init(bank, ints: ["working_days"]), .init(fifo), .init(recompute, ints: ["reports", "transfers"]),
    .init(next), .init(figures), .init(period, ints: ["days"]), .init(ageBands, lists: ["from"]),
    .init(smallestCell, ints: ["reports"]),
  ]
}
