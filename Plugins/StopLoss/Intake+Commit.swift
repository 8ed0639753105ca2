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
    let id = SeriesNumber.id("SL", year: year, try tx.next(series: year))
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
    var roll = Roll(report)
    let parties = try self.parties(params["accounts"]?.arrayValue ?? [], "/accounts", tx)
    for (order, party) in parties.enumerated() { try roll.enter(party, "/accounts/\(order)/role") }
    guard roll.accounts.count <= Limits.accountsPerReport else { throw Self.tooMany("/accounts") }
    let told = try (params["transfers"]?.arrayValue ?? []).enumerated().map { order, row in
      try transfer(row, "/transfers/\(order)", context) { try roll.place(of: $0, report, tx) }
    }
    let (fresh, duplicates) = Self.excess(told, over: report.transfers)
    var changed = report
    changed.accounts = roll.accounts
    changed.victims = roll.victims
    changed.transfers = report.transfers + fresh
    guard changed.transfers.count <= Limits.transfersPerReport else { throw Self.tooMany("/transfers") }
    try checkTotals(changed.transfers, victims: roll.victims, "")

    var ledger = Ledger(policy, context)
    for (place, party) in roll.touched {
      var account = party.account
      account.join(report: record.id, station: report.station, asVictim: roll.victims.contains(place))
      let entry = Ledger.Entry(id: party.id, version: party.version, account: account, isChanged: true)
      ledger.enter(roll.accounts[place], entry)
    }
    let flows = Flow.flows(
      report: record.id, changed.transfers, accounts: roll.accounts, victims: roll.victims,
      from: report.transfers.count)
    try ledger.apply(flows, tx)
    let ids = try ledger.store(tx)
    changed.accounts = roll.accounts.map { ids[$0] ?? $0 }
    try ReportSteps(policy: policy).watch(record.id, changed, context, tx)
    let stored = try tx.put("report", record.id, version: record.version, changed.body)
    let entered = Entered(
      record: stored, report: changed,
      accounts: accounts(roll.touched.keys.sorted().map { roll.accounts[$0] }, of: record.id, ids, ledger))
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
    .refused(rule: RuleID.limits, Text("Too many for one report", zh: "单案数量超过上限"), pointer: pointer)
  }
}

/// A report's accounts while a call adds to them.
private struct Roll {
  /// By place: record ids, and `#` with the place for an account that is new.
  private(set) var accounts: [String]
  /// Places of the victim's own.
  private(set) var victims: [Int]
  /// Those that the call names, by place.
  private(set) var touched: [Int: Party] = [:]
  private var places: [String: Int] = [:]

  init(_ report: Report) {
    accounts = report.accounts
    victims = report.victims
  }

  /// Takes an account in that the call tells of.
  ///
  /// - Throws: `refused_by_rule` where the report has it in the other role.
  mutating func enter(_ party: Party, _ pointer: String) throws(RPCError) {
    let known = party.id.flatMap { accounts.firstIndex(of: $0) }
    let place = known ?? accounts.count
    if known == nil {
      if party.isVictim { victims.append(place) }
      accounts.append(party.id ?? "#\(place)")
    } else if party.isVictim != victims.contains(place) {
      throw .refused(
        rule: RuleID.known, Text("The report has this account in the other role", zh: "该账户在本案中的角色不同"),
        pointer: pointer)
    }
    places[party.number] = place
    touched[place] = party
  }

  /// The place of a number that the call tells of, or that the report has already; nil for any other.
  mutating func place(of number: String, _ report: Report, _ tx: any ReadTransaction) throws -> Int? {
    if let place = places[number] { return place }
    guard let party = try Party.known(number, among: report.accounts, tx), let id = party.id,
      let place = accounts.firstIndex(of: id)
    else { return nil }
    places[number] = place
    touched[place] = party
    return place
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
