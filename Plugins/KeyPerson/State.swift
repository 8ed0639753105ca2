/// Where a record stands. The raw values are stable codes.
package enum State: String, Sendable, CaseIterable {
  case proposed
  case instrumentVerified = "instrument_verified"
  case active
  case reviewDue = "review_due"
  case renewed
  /// Its review was missed: hidden, and not extended.
  case suspended
  case delisted
  /// Nothing is left but a tombstone.
  case erased

  /// Whether the record was entered and is not over.
  package var isLive: Bool {
    switch self {
    case .active, .reviewDue, .renewed, .suspended: true
    case .proposed, .instrumentVerified, .delisted, .erased: false
    }
  }

  /// Whether it is still to be entered.
  var isBeforeEntry: Bool { self == .proposed || self == .instrumentVerified }
}

/// What can be done to a record: by the method of the same name, or by the clock. The raw values are stable codes.
package enum Action: String, Sendable, CaseIterable {
  case verifyInstrument = "verify_instrument"
  case activate
  case dutyAdd = "duty.add"
  case dutyRecord = "duty.record"
  case dutyExcuse = "duty.excuse"
  case dutyEnd = "duty.end"
  case visitAgree = "visit.agree"
  case visitRecord = "visit.record"
  case visitWithdraw = "visit.withdraw"
  case review
  case renewRequest = "renew.request"
  case renew
  case contactLost = "contact.lost"
  case contactFound = "contact.found"
  case correct, delist, erase
  /// By the clock: the window of a review opens, a review is missed, a term or a proposal ends.
  case reviewOpens = "review_opens"
  case reviewMissed = "review_missed"
  case expire, lapse
}

/// Whether somebody can be reached. The raw values are stable codes.
package enum ContactState: String, Sendable, CaseIterable {
  case inContact = "in_contact"
  case lost
}

/// What changes that. The raw values are stable codes.
package enum ContactAction: String, Sendable, CaseIterable {
  case lose, find
}
