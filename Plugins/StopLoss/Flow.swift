import StationKit

/// One transfer as the money graph sees it: an edge between two accounts.
package struct Flow: Sendable, Hashable {
  package let at: Instant
  /// In fen.
  package let amount: Int
  package let from: String
  package let to: String
  package let reference: String?
  /// The report whose victim owns the account that it leaves: then it is that victim's money, whatever else is
  /// in the account. Nil for money that is passed on.
  package let origin: String?
  /// Where it was entered.
  package let report: String
  package let place: Int

  package init(
    at: Instant, amount: Int, from: String, to: String, reference: String? = nil, origin: String?,
    report: String,
    place: Int
  ) {
    self.at = at
    self.amount = amount
    self.from = from
    self.to = to
    self.reference = reference
    self.origin = origin
    self.report = report
    self.place = place
  }

  /// What makes two entries the same transfer.
  struct Identity: Hashable {
    let at: Instant
    let amount: Int
    let from: String
    let to: String
    let reference: String?
  }

  var identity: Identity { Identity(at: at, amount: amount, from: from, to: to, reference: reference) }

  /// The order of entry.
  func precedes(_ other: Flow) -> Bool {
    report == other.report ? place < other.place : ReportID.precedes(report, other.report)
  }

  func with(origin: String?) -> Flow {
    Flow(
      at: at, amount: amount, from: from, to: to, reference: reference, origin: origin, report: report,
      place: place)
  }

  /// A report's transfers from a place on.
  static func flows(
    report: String, _ transfers: [Transfer], accounts: [String], victims: [Int], from first: Int
  ) -> [Flow] {
    var flows: [Flow] = []
    flows.reserveCapacity(transfers.count - first)
    for place in transfers.indices.dropFirst(first) {
      let transfer = transfers[place]
      guard accounts.indices.contains(transfer.from), accounts.indices.contains(transfer.to) else { continue }
      let isPaid = victims.contains(transfer.from)
      if isPaid, victims.contains(transfer.to) { continue }
      flows.append(
        Flow(
          at: transfer.at, amount: transfer.amount, from: accounts[transfer.from], to: accounts[transfer.to],
          reference: transfer.reference, origin: isPaid ? report : nil, report: report, place: place))
    }
    return flows
  }
}
