import StationKit

/// One report of telecom fraud, as stored.
package struct Report: Sendable {
  package let station: String
  /// The caller's own key, within the station; and a digest of what was sent with it.
  package let key: String?
  package let digest: String?
  package let fraudType: String
  package var ageBand: String
  package let occurred: Instant
  package let reported: Instant
  /// The day whose rules it keeps.
  package let rulesOn: CivilDate
  package var victim: Victim
  package let summary: String?
  /// What the victim has lost, in fen: what left the victim's accounts, less what came back.
  package private(set) var loss = 0
  /// Record ids of accounts; transfers name their places.
  package var accounts: [String]
  /// Places of the victim's own accounts.
  package var victims: [Int]
  package var transfers: [Transfer] { didSet { loss = Self.loss(transfers, victims) } }
  /// From the report to the first stop, in milliseconds.
  package var toStop: Int?
  /// What banks have held at most, and what was returned, in fen.
  package var held = 0
  package var returned = 0
  /// When it was closed: its keeping counts from there.
  package var ended: Instant?
  /// What decisions that are under way will return, in fen: no other decision may count on it.
  package var reserved = 0
  /// The earliest first.
  package var corrections: [Correction] = []

  package init(
    station: String, key: String?, digest: String?, fraudType: String, ageBand: String, occurred: Instant,
    reported: Instant, rulesOn: CivilDate, victim: Victim, summary: String?, accounts: [String],
    victims: [Int],
    transfers: [Transfer]
  ) {
    self.station = station
    self.key = key
    self.digest = digest
    self.fraudType = fraudType
    self.ageBand = ageBand
    self.occurred = occurred
    self.reported = reported
    self.rulesOn = rulesOn
    self.victim = victim
    self.summary = summary
    self.accounts = accounts
    self.victims = victims
    self.transfers = transfers
    loss = Self.loss(transfers, victims)
  }

  /// What left the victim's accounts less what came back; below zero if more came back.
  static func loss(_ transfers: [Transfer], _ victims: [Int]) -> Int {
    transfers.reduce(0) { sum, transfer in
      switch (victims.contains(transfer.from), victims.contains(transfer.to)) {
      case (true, false): sum + transfer.amount
      case (false, true): sum - transfer.amount
      default: sum
      }
    }
  }

  /// What is still lost and not promised, in fen.
  package var open: Int { max(0, loss - returned - reserved) }

  /// A closed report has an end.
  package var state: ReportState { ended == nil ? .open : .closed }

  /// The transfers of this report that brought money into an account.
  package func transfers(into account: String) -> [Transfer] {
    transfers.filter { accounts.indices.contains($0.to) && accounts[$0.to] == account }
  }

  /// The transfers as the money graph sees them. Between two of the victim's own accounts nothing is lost.
  package func flows(id: String) -> [Flow] {
    Flow.flows(report: id, transfers, accounts: accounts, victims: victims, from: 0)
  }
}
