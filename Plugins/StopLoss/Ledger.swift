import StationKit

/// The accounts that a call changes, with what they hold; written at the end, each once.
///
/// A transfer later than all that is known of its two accounts is a small step: first in, first out, on the two.
/// One that comes out of order has everything that hangs on it computed anew, as far as the rule's limits reach;
/// beyond them it is taken as if it had happened last, and the accounts it touches are marked `approximate`.
struct Ledger {
  struct Entry {
    /// nil for an account that is new.
    var id: String?
    var version: Int
    var account: Account
    var isChanged: Bool
  }

  private(set) var entries: [String: Entry] = [:]
  private let policy: Policy
  private let context: CallContext

  init(_ policy: Policy, _ context: CallContext) {
    self.policy = policy
    self.context = context
  }

  /// Puts an account under a name that transfers use: its record's id, or any other for a new one.
  mutating func enter(_ name: String, _ entry: Entry) { entries[name] = entry }

  /// Lets new transfers happen; they are not stored yet.
  mutating func apply(_ new: [Flow], _ tx: any ReadTransaction) throws {
    let isOutOfOrder = new.contains { isLate($0.from, $0.at) || isLate($0.to, $0.at) }
    if isOutOfOrder {
      if try !recompute(new, tx) { append(new, isApproximate: true) }
    } else {
      append(new, isApproximate: false)
    }
    for flow in new {
      for name in [flow.from, flow.to] {
        guard let last = entries[name]?.account.last else {
          entries[name]?.account.last = flow.at
          continue
        }
        entries[name]?.account.last = max(last, flow.at)
      }
    }
  }

  private func isLate(_ name: String, _ at: Instant) -> Bool {
    entries[name]?.account.last.map { at <= $0 } ?? false
  }

  private mutating func append(_ new: [Flow], isApproximate: Bool) {
    var holdings: [String: Holdings] = [:]
    for flow in new {
      for name in [flow.from, flow.to] where holdings[name] == nil {
        holdings[name] = entries[name]?.account.holdings ?? Holdings()
      }
    }
    let ordered = MoneyFlow.ordered(new)
    MoneyFlow.run(ordered, into: &holdings)
    for (name, held) in holdings {
      entries[name]?.account.holdings = held
      entries[name]?.isChanged = true
      if isApproximate { entries[name]?.account.isApproximate = true }
    }
    // What comes from an account that is not exact is not exact either.
    for flow in ordered where flow.origin == nil && entries[flow.from]?.account.isApproximate == true {
      entries[flow.to]?.account.isApproximate = true
    }
  }

  /// - Returns: false where more hangs on the transfers than the rule allows to compute in one call.
  private mutating func recompute(_ new: [Flow], _ tx: any ReadTransaction) throws -> Bool {
    let limits = try policy.rule(RuleID.recompute, on: context.now.date(in: context.zone))
    var read = entries
    let found = try Neighbourhood(around: new, limits: limits, tx) { name in
      if let known = read[name] { return known.account }
      guard let record = try tx.get("account", name), let account = Account(record.body) else { return nil }
      read[name] = Entry(id: record.id, version: record.version, account: account, isChanged: false)
      return account
    }
    guard let found else { return false }
    let holdings = MoneyFlow.holdings(after: found.flows)
    for name in found.accounts {
      guard var entry = read[name] else { continue }
      let held = holdings[name] ?? Holdings()
      if entry.account.holdings != held || entry.account.isApproximate { entry.isChanged = true }
      entry.account.holdings = held
      entry.account.isApproximate = false
      entries[name] = entry
    }
    return true
  }

  /// Writes what has changed.
  ///
  /// - Returns: the record id of every entry.
  func store(_ tx: any Transaction) throws -> [String: String] {
    let maximum = try policy.maximumStops(on: context.now.date(in: context.zone))
    var ids: [String: String] = [:]
    // By name, so that the same call writes the same records in the same order.
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      let body = { entry.account.body(maximumStops: maximum) }
      guard let id = entry.id else {
        ids[name] = try tx.create("account", id: nil, body()).id
        continue
      }
      ids[name] = id
      if entry.isChanged { _ = try tx.put("account", id, version: entry.version, body()) }
    }
    return ids
  }
}
