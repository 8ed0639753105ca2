import StationKit

/// `stoploss.trace`: which accounts hold how much of which victim's money, first in, first out by instant.
///
/// It follows the transfers from a report's own onwards, over the transfers of every report that shares an
/// account with the way, and reads what each account holds.
struct Trace: Sendable {
  let policy: Policy

  /// Accounts looked at for one answer; beyond them the answer says `truncated`.
  static let accountsAtMost = 2_000
  static let reportsAtMost = 500

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    if params["account"] != nil { return try account(params, context, tx) }
    guard params["report"] != nil else {
      throw RPCError.invalid(Text("Name a 'report' or an 'account'", zh: "须指明报案或账户"), pointer: "/report")
    }
    let (record, report) = try Reports.find(params, member: "report", pointer: "/report", policy, context, tx)
    var walk = Walk(tx: tx, reportsLeft: Self.reportsAtMost, accountsLeft: Self.accountsAtMost)
    try walk.run(from: record.id, report)
    var traced = 0
    var isApproximate = false
    var items: [(amount: Int, json: JSONValue)] = []
    for (id, account) in walk.accounts {
      let lots = account.holdings.lots.filter { $0.origin == record.id }
      guard !lots.isEmpty else { continue }
      let amount = lots.reduce(0) { $0 + $1.amount }
      traced += amount
      if account.isApproximate { isApproximate = true }
      var shown = ReportReads.position(id, account, context)
      shown["number"] = .string(account.number)
      shown["amount"] = .int(amount)
      if let arrived = lots.map(\.at).max() {
        shown["arrived_at"] = arrived.text(context.zone)
        shown["gone_s"] = .int(Int(context.now.milliseconds(since: arrived) / 1000))
      }
      items.append((amount, .object(shown)))
    }
    items.sort { $0.amount > $1.amount }
    return .object([
      "report": .string(record.id), "amount": .int(report.loss), "traced": .int(traced),
      "accounts": .array(items.map(\.json)), "approximate": .bool(isApproximate),
      "truncated": .bool(walk.isTruncated), "rule": try policy.present(RuleID.fifo, context).json,
    ])
  }

  /// The accounts beyond a report's own that its money has reached, as far as the bounds go.
  static func further(
    _ id: String, _ report: Report, _ tx: any ReadTransaction
  ) throws -> [(id: String, account: Account)] {
    var walk = Walk(tx: tx, reportsLeft: reportsAtMost, accountsLeft: accountsAtMost)
    try walk.run(from: id, report)
    return walk.accounts.filter { !report.accounts.contains($0.id) && $0.account.holds(moneyOf: id) }
  }

  /// Whose money one account holds.
  private func account(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws
    -> JSONValue
  {
    let id = try params.string("account")
    let (_, account) = try Reports.account(id, pointer: "/account", policy, context, tx)
    var amounts: [String: Int] = [:]
    var order: [String] = []
    var unexplained = 0
    for lot in account.holdings.lots {
      guard let origin = lot.origin else {
        unexplained += lot.amount
        continue
      }
      if amounts[origin] == nil { order.append(origin) }
      amounts[origin, default: 0] += lot.amount
    }
    var shown = ReportReads.position(id, account, context)
    shown["number"] = .string(account.number)
    shown["amount"] = .int(account.holding)
    return .object([
      "traced": .int(amounts.values.reduce(0, +)), "unexplained": .int(unexplained),
      "accounts": [.object(shown)],
      "victims": .array(order.map { ["report": .string($0), "amount": .int(amounts[$0] ?? 0)] }),
      "approximate": .bool(account.isApproximate), "truncated": false,
      "rule": try policy.present(RuleID.fifo, context).json,
    ])
  }

  /// Follows money hop by hop.
  private struct Walk {
    let tx: any ReadTransaction
    var reportsLeft: Int
    var accountsLeft: Int
    /// In the order in which the money reached them.
    private(set) var accounts: [(id: String, account: Account)] = []
    private(set) var isTruncated = false
    private var leaving: [String: [Flow]] = [:]
    private var loaded: Set<String> = []
    private var seen: Set<String> = []

    init(tx: any ReadTransaction, reportsLeft: Int, accountsLeft: Int) {
      self.tx = tx
      self.reportsLeft = reportsLeft
      self.accountsLeft = accountsLeft
    }

    mutating func run(from id: String, _ report: Report) throws {
      loaded.insert(id)
      var waiting: [(account: String, since: Instant)] = []
      for flow in report.flows(id: id) {
        if flow.origin != nil {
          waiting.append((flow.to, flow.at))
        } else {
          leaving[flow.from, default: []].append(flow)
        }
      }
      waiting.sort { $0.since > $1.since }
      // The earliest arrival comes first, and is enough: whatever leaves the account later is looked at.
      while let (next, since) = waiting.popLast() {
        guard seen.insert(next).inserted else { continue }
        guard accountsLeft > 0 else {
          isTruncated = true
          return
        }
        accountsLeft -= 1
        guard let account = try tx.get("account", next).flatMap({ Account($0.body) }) else { continue }
        accounts.append((next, account))
        try load(account.reports)
        for flow in leaving[next] ?? [] where flow.at >= since && !seen.contains(flow.to) {
          let place = waiting.lastIndex { $0.since >= flow.at }.map { $0 + 1 } ?? 0
          waiting.insert((flow.to, flow.at), at: place)
        }
      }
    }

    private mutating func load(_ reports: [String]) throws {
      for id in reports where !loaded.contains(id) {
        guard reportsLeft > 0 else {
          isTruncated = true
          return
        }
        reportsLeft -= 1
        loaded.insert(id)
        guard let report = try tx.get("report", id).flatMap({ Report($0.body) }) else { continue }
        for flow in report.flows(id: id) where flow.origin == nil {
          leaving[flow.from, default: []].append(flow)
        }
      }
    }
  }

  static let result: JSONValue = {
    var item = ReportReads.positionMembers
    item["number"] = Shapes.personal(.number, max: 64)
    item["amount"] = Schemas.amountOrZero
    return Shapes.object(
      [
        "report": Schemas.reportID, "amount": Schemas.amountOrZero, "traced": Schemas.amountOrZero,
        "unexplained": Schemas.amountOrZero, "approximate": Shapes.flag, "truncated": Shapes.flag,
        "rule": Schemas.rule,
        "accounts": Shapes.list(
          Shapes.object(item, required: ReportReads.positionRequired + ["number", "amount"])),
        "victims": Shapes.list(Shapes.object(["report": Schemas.reportID, "amount": Schemas.amountOrZero])),
      ], required: ["traced", "accounts", "approximate", "truncated", "rule"])
  }()
}
