import StationKit

extension Intake {
  /// A report as it was written.
  struct Entered {
    let record: Record
    let report: Report
    /// The report's accounts, in its order, and those further on that its money has reached, with what they hold now.
    let accounts: [(id: String, account: Account)]
  }

  /// Writes a report that was found valid: its accounts, itself, its event.
  func commit(_ draft: Draft, _ context: CallContext, _ tx: any Transaction) throws -> Entered {
    let day = draft.reported.date(in: context.zone)
    let year = String(context.now.date(in: context.zone).year)
    let id = ReportID.make(year: year, number: try tx.next(series: year))
    let names = draft.parties.enumerated().map { $0.element.id ?? "#\($0.offset)" }
    var ledger = Ledger(policy, context)
    for (name, party) in zip(names, draft.parties) {
      var account = party.account
      account.join(report: id, station: draft.station, asVictim: party.isVictim)
      ledger.enter(
        name, Ledger.Entry(id: party.id, version: party.version, account: account, isChanged: true))
    }
    try ledger.apply(
      Flow.flows(report: id, draft.transfers, accounts: names, victims: draft.victims, from: 0), tx)
    let ids = try ledger.store(tx)
    let report = Report(
      station: draft.station, key: draft.key.map { Self.indexKey(draft.station, $0) }, digest: draft.digest,
      fraudType: draft.fraudType, ageBand: draft.ageBand, occurred: draft.occurred, reported: draft.reported,
      rulesOn: day, victim: draft.victim, summary: draft.summary, accounts: names.map { ids[$0] ?? $0 },
      victims: draft.victims, transfers: draft.transfers)
    let record = try tx.create("report", id: id, report.body)
    try ReportSteps(policy: policy).watch(id, report, context, tx)
    try Announcement(policy: policy, tx: tx).reported(id, report)
    return Entered(record: record, report: report, accounts: accounts(names, of: id, ids, ledger))
  }

  private func accounts(
    _ names: [String], of report: String, _ ids: [String: String], _ ledger: Ledger
  ) -> [(id: String, account: Account)] {
    let own = Set(names)
    let further = ledger.entries.filter { !own.contains($0.key) && $0.value.account.holds(moneyOf: report) }
    return (names + further.keys.sorted()).compactMap { name in
      guard let id = ids[name], let entry = ledger.entries[name] else { return nil }
      return (id, entry.account)
    }
  }

  /// Adds transfers that became known later to a report, with the accounts that they lead to.
  ///
  /// - Returns: also which of the rows the report had already.
  func add(
    _ params: Params, to record: Record, _ report: Report, _ context: CallContext, _ tx: any Transaction
  ) throws -> (entered: Entered, duplicates: [Int]) {
    var parties = try self.parties(params["accounts"]?.arrayValue ?? [], "/accounts", tx)
    var places: [String: Int] = [:]
    var accounts = report.accounts
    var victims = report.victims
    var known: [Int: Party] = [:]
    for (order, party) in parties.enumerated() {
      if let id = party.id, let place = accounts.firstIndex(of: id) {
        guard party.isVictim == victims.contains(place) else {
          throw RPCError.refused(
            rule: StopLossRules.known,
            Text("The report has this account in the other role", zh: "该账户在本案中的角色不同"),
            pointer: "/accounts/\(order)/role")
        }
        places[party.number] = place
        known[place] = party
      } else {
        places[party.number] = accounts.count
        known[accounts.count] = party
        if party.isVictim { victims.append(accounts.count) }
        accounts.append(party.id ?? "#\(accounts.count)")
      }
    }
    guard accounts.count <= Limits.accountsPerReport else { throw Self.tooMany("/accounts") }
    let rows = params["transfers"]?.arrayValue ?? []
    let told = try rows.enumerated().map { order, row in
      try transfer(row, "/transfers/\(order)", context) { number in
        if let place = places[number] { return place }
        guard let party = try Party.known(number, among: report.accounts, tx), let id = party.id,
          let place = accounts.firstIndex(of: id)
        else { return nil }
        places[number] = place
        known[place] = party
        return place
      }
    }
    let (fresh, duplicates) = Self.excess(told, over: report.transfers)
    var changed = report
    changed.accounts = accounts
    changed.victims = victims
    changed.transfers = report.transfers + fresh
    guard changed.transfers.count <= Limits.transfersPerReport else { throw Self.tooMany("/transfers") }
    try checkTotals(changed.transfers, victims: victims, "")

    parties = known.sorted { $0.key < $1.key }.map(\.value)
    var ledger = Ledger(policy, context)
    for (place, party) in known {
      var account = party.account
      account.join(report: record.id, station: report.station, asVictim: victims.contains(place))
      let entry = Ledger.Entry(id: party.id, version: party.version, account: account, isChanged: true)
      ledger.enter(accounts[place], entry)
    }
    let flows = Flow.flows(
      report: record.id, changed.transfers, accounts: accounts, victims: victims, from: report.transfers.count
    )
    try ledger.apply(flows, tx)
    let ids = try ledger.store(tx)
    changed.accounts = accounts.map { ids[$0] ?? $0 }
    try ReportSteps(policy: policy).watch(record.id, changed, context, tx)
    let stored = try tx.put("report", record.id, version: record.version, changed.body)
    let entered = Entered(
      record: stored, report: changed,
      accounts: self.accounts(known.keys.sorted().map { accounts[$0] }, of: record.id, ids, ledger))
    return (entered, duplicates)
  }

  /// What is new among transfers: equal ones count as often as in the one of the two that has more of them.
  static func excess(_ told: [Transfer], over known: [Transfer]) -> (fresh: [Transfer], duplicates: [Int]) {
    var left: [Transfer: Int] = [:]
    for transfer in known { left[transfer, default: 0] += 1 }
    var fresh: [Transfer] = []
    var duplicates: [Int] = []
    for (place, transfer) in told.enumerated() {
      if let count = left[transfer], count > 0 {
        left[transfer] = count - 1
        duplicates.append(place)
      } else {
        fresh.append(transfer)
      }
    }
    return (fresh, duplicates)
  }

  private static func tooMany(_ pointer: String) -> RPCError {
    .refused(rule: StopLossRules.limits, Text("Too many for one report", zh: "单案数量超过上限"), pointer: pointer)
  }
}

extension Party {
  /// The account of a number among some records; nil if none has it.
  static func known(_ number: String, among ids: [String], _ tx: any ReadTransaction) throws -> Party? {
    let query = Query("account", index: "by_number", equals: [.text(number)], limit: 100)
    guard let record = try tx.query(query).records.first(where: { ids.contains($0.id) }),
      let account = Account(record.body)
    else { return nil }
    return Party(number: number, isVictim: false, id: record.id, version: record.version, account: account)
  }

  private init(number: String, isVictim: Bool, id: String, version: Int, account: Account) {
    self.number = number
    self.isVictim = isVictim
    self.id = id
    self.version = version
    self.account = account
  }
}
