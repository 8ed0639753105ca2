import StationKit

/// Makes a message's file from the records as they are now.
struct SpoolDraft {
  let name: String
  private let request: CancellationRequest
  private let version: String
  private static let reportsAtMost = 20

  /// - Throws: ``SpoolReason`` where the stop no longer asks, or its particulars cannot be written.
  init(_ id: String, _ message: SpoolMessage, _ policy: Policy, _ tx: any ReadTransaction) throws {
    guard let stop = try tx.get("stop", message.stop).flatMap({ Stop($0.body) }), stop.isAsking else {
      throw SpoolReason.stopMovedOn
    }
    let settings = try Spool.settings(policy, on: stop.rulesOn)
    // Erased since.
    guard let account = try tx.get("account", stop.account).flatMap({ Account($0.body) }) else {
      throw SpoolReason.stopMovedOn
    }
    guard
      let bank = CancellationRequest.Bank(
        code: account.bank, card: account.kind == .card ? account.number : nil)
    else { throw SpoolReason.noBank }
    var items = try Self.items(stop, account, tx)
    // Money that went on may have come in ways that no report tells of.
    if items.isEmpty { items = [CancellationRequest.Item(at: nil, amount: message.amount)] }
    request = CancellationRequest(
      id: id, created: message.queued, sender: settings.sender, bank: bank, stop: message.stop,
      hold: message.amount, account: account.number, holder: account.holder, items: items)
    version = settings.version
    name = SpoolMessage.fileName(id: id, version: version)
  }

  /// What came into the account: by the stop's own report, or else by the first of the account's that says.
  private static func items(
    _ stop: Stop, _ account: Account, _ tx: any ReadTransaction
  ) throws -> [CancellationRequest.Item] {
    for id in [stop.report] + account.reports.prefix(reportsAtMost) {
      guard let report = try tx.get("report", id).flatMap({ Report($0.body) }) else { continue }
      let transfers = report.transfers(into: stop.account)
      if transfers.isEmpty { continue }
      var payers: [Int: String] = [:]
      return try transfers.map { transfer in
        if payers[transfer.from] == nil, report.accounts.indices.contains(transfer.from) {
          payers[transfer.from] = try tx.get("account", report.accounts[transfer.from])
            .flatMap { Account($0.body) }?.number
        }
        return CancellationRequest.Item(
          at: transfer.at, amount: transfer.amount, from: payers[transfer.from], reference: transfer.reference
        )
      }
    }
    return []
  }

  func file(zone: Zone) throws(SpoolReason) -> String {
    String(decoding: try request.file(version: version, zone: zone), as: UTF8.self)
  }
}
