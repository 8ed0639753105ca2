import StationKit

/// One walk over the four covering indexes, adding up as it goes.
struct FiguresScan {
  private(set) var total = Figures()
  private(set) var groups: [String: Figures] = [:]
  private let period: FigurePeriod
  private let group: FiguresQuery.Group?
  private let wanted: [IndexValue?]

  init(
    _ params: Params, _ context: CallContext, _ policy: Policy, _ period: FigurePeriod,
    _ group: FiguresQuery.Group?, _ tx: any ReadTransaction
  ) throws {
    self.period = period
    self.group = group
    var sender = params["sender"]?.stringValue
    let receiver = params["receiver"]?.stringValue
    let principal = context.principal
    if sender != nil || receiver != nil {
      try principal.require(sender, receiver, policy.legal, policy.coordination)
    } else if !principal.mayReach(policy.legal, policy.coordination) {
      guard let own = principal.unit else {
        throw RPCError.denied(Text("Name a unit that you work for", zh: "请指明所属单位"))
      }
      sender = own
    }
    wanted = [sender, receiver, params["kind"]?.stringValue].map { $0.map(IndexValue.text) }
    let now = Int(context.now.milliseconds)
    try walk(tx, "leg", ["started", "due", "sent", "accepted", "dropped"]) { figures, row in
      guard let due = row[1].integer else { return }
      figures.add(leg: due, sent: row[2].integer, accepted: row[3].integer, dropped: row[4].integer, now: now)
    }
    try walk(tx, "dispute", ["opened", "due", "decided", "result"]) { figures, row in
      guard let opened = row[0].integer, let due = row[1].integer,
        let result = row[3].text.flatMap(DisputeResult.init(rawValue:))
      else { return }
      figures.add(dispute: opened, due: due, decided: row[2].integer, result: result, now: now)
    }
    try walk(tx, "signature", ["time", "result"]) { figures, row in
      guard let result = row[1].text.flatMap(CountResult.init(rawValue:)) else { return }
      figures.add(round: result)
    }
    try walk(tx, "discrepancy", ["time", "code"]) { figures, row in
      guard let code = row[1].text.flatMap(Difference.init(rawValue:)) else { return }
      figures.add(code)
    }
  }

  private mutating func walk(
    _ tx: any ReadTransaction, _ collection: String, _ columns: [String],
    _ add: (inout Figures, [IndexValue]) -> Void
  ) throws {
    let query = Query(
      collection, index: "figures", from: period.from, to: period.to)
    let place = group.flatMap { FiguresQuery.Group.allCases.firstIndex(of: $0) }
    var (total, groups) = (total, groups)
    try tx.forEach(query, columns: columns + FiguresQuery.Group.allCases.map(\.rawValue)) { row in
      let keys = row[columns.count...]
      for (key, value) in zip(keys, wanted) where value != nil && value != key { return }
      guard let place else { return add(&total, row) }
      guard let key = row[columns.count + place].text else { return }
      add(&groups[key, default: Figures()], row)
    }
    (self.total, self.groups) = (total, groups)
  }
}
