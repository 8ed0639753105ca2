import StationKit

/// One account that money of a report passed through, as stored: whose it is said to be, and what it holds of
/// whose money.
package struct Account: Sendable {
  /// The raw values are stable codes.
  package enum Kind: String, Sendable, CaseIterable {
    /// A payment card: 16 to 19 digits with a check digit.
    case card
    /// An account of an organisation: no check digit.
    case corporate
    /// An account with a payment institution.
    case payment
  }

  package let number: String
  package let kind: Kind
  /// The bank's BIC or clearing code, or the payment institution's code; always there unless it is a card.
  package var bank: String?
  /// The names that it was reported under; the first is the one that holds.
  package var holders: [String] = []
  /// The unified social credit code of an organisation.
  package var creditCode: String?
  /// The reports that it is part of, in the order in which they came, and their stations.
  package var reports: [String] = []
  package var stations: [String] = []
  /// How many of them are open; and when the last of them was closed, where its keeping counts from.
  package var open = 0
  package var ended: Instant?
  /// Reports whose victim it belongs to.
  package var victimOf: [String] = []
  package var holdings = Holdings()
  /// The latest transfer that touched it.
  package var last: Instant?
  /// Whether `holdings` is a lower quality of truth: a transfer came out of order, and too much hung on it.
  package var isApproximate = false
  /// Stops that count towards the limit of two, and those of them that are not over.
  package var stops = 0
  package var active = 0
  /// The most that a bank has held of it, with what was returned by then, in fen: counted once, however often it was
  /// stopped.
  package var counted = 0
  /// What banks have returned of it, in fen.
  package var returned = 0
  /// When money of it was last let go on purpose: what had come by then is not proposed for a stop again.
  package var cleared: Instant?

  package init(number: String, kind: Kind, bank: String?) {
    self.number = number
    self.kind = kind
    self.bank = bank
  }

  package var holder: String? { holders.first }

  /// Traced money that is not the account's own victim's and was not returned, in fen.
  package var holding: Int { max(0, foreign.reduce(0) { $0 + $1.amount } - returned) }

  /// When the last of it arrived.
  package var arrived: Instant? { foreign.map(\.at).max() }

  private var foreign: some Sequence<Lot> {
    holdings.lots.lazy.filter { [victimOf] lot in lot.origin.map { !victimOf.contains($0) } ?? false }
  }

  /// Whether money of a report is known to be in it.
  func holds(moneyOf report: String) -> Bool { holdings.lots.contains { $0.origin == report } }

  /// Whether no other report's money is known to be in it.
  func holdsOnly(moneyOf report: String) -> Bool { foreign.allSatisfy { $0.origin == report } }

  /// Whether a stop is worth proposing: none is under way, a turn is left, a report can ask for it, and the account
  /// holds traced money that was not let go on purpose.
  func isStoppable(maximumStops: Int) -> Bool {
    active == 0 && stops < maximumStops && holding > 0 && mayBeAsked
      && arrived ?? .earliest > cleared ?? .earliest
  }

  /// Whether a report can ask for a stop: an open one of its own, or one that only its money came from, which is
  /// taken for open.
  private var mayBeAsked: Bool {
    open > 0 || foreign.contains { lot in lot.origin.map { !reports.contains($0) } ?? false }
  }

  mutating func add(holder: String) {
    if !holders.contains(holder) { holders.append(holder) }
  }

  mutating func prefer(holder: String) {
    holders.removeAll { $0 == holder }
    holders.insert(holder, at: 0)
  }

  mutating func join(report: String, station: String, asVictim: Bool) {
    if reports.last != report, !reports.contains(report) {
      reports.append(report)
      open += 1
      ended = nil
    }
    if !stations.contains(station) { stations.append(station) }
    if asVictim, !victimOf.contains(report) { victimOf.append(report) }
  }
}
