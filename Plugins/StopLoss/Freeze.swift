import StationKit

/// The freeze that follows a stop: what was asked for, and how far it has come.
package struct Freeze: Sendable, Hashable {
  /// What sets the longest term. The raw values are stable codes.
  package enum Kind: String, Sendable, CaseIterable {
    /// Deposits, remittances: six months.
    case ordinary
    /// A major case that a city-level bureau approved: one year.
    case major
    /// Bonds, shares, fund shares: two years.
    case securities
  }

  /// What of the account is frozen. The raw values are stable codes.
  package enum Scope: String, Sendable, CaseIterable {
    /// The named amount, and nothing that comes in later.
    case amount
    /// Money can come in and none can go out.
    case account
  }

  package var kind: Kind
  /// In fen.
  package var amount: Int
  package var months: Int
  package var scope: Scope
  /// Whether it reaches the interest.
  package var interest: Bool
  /// The document of the city-level approval; for a major case.
  package var cityApproval: String?
  /// The request for the county chief's approval, and since when the order is with the bank.
  package var approval: String
  package var ordered: Instant?
  package var reference: String?
  /// When the bank froze, or the freeze took effect; a renewal leaves it as it is. Older records do not have it.
  package var since: Instant?
  /// The term in force; nil until the bank has frozen.
  package var term: StoredTerm?
  /// Whether it took effect by itself, and no bank has said yet what it holds.
  package var isPresumed = false
  /// A renewal that waits for approval or for the bank.
  package var renewal: Renewal?
  package var renewals = 0

  package struct Renewal: Sendable, Hashable {
    package var months: Int
    package var approval: String
    package var cityApproval: String?
    /// Since when the bank is asked, with the approval taken; nil where the record of the renewal takes it.
    package var ordered: Instant?

    package init(months: Int, approval: String, cityApproval: String?) {
      self.months = months
      self.approval = approval
      self.cityApproval = cityApproval
    }
  }

  package init(
    kind: Kind, amount: Int, months: Int, scope: Scope, interest: Bool, cityApproval: String?,
    approval: String
  ) {
    self.kind = kind
    self.amount = amount
    self.months = months
    self.scope = scope
    self.interest = interest
    self.cityApproval = cityApproval
    self.approval = approval
  }

  /// It waits behind another, and is in force no more.
  mutating func waitAgain() {
    since = nil
    term = nil
    isPresumed = false
    renewal = nil
  }
}
