import StationKit

/// The part of the money graph that a late transfer can change, read from the store.
///
/// That is every account that money can reach from the transfer's instant on, and, to know what was in those
/// accounts before, every account that money reached them from.
struct Neighbourhood {
  /// Accounts whose holdings can be computed anew from `flows`.
  private(set) var accounts: Set<String> = []
  private(set) var flows: [Flow] = []
  private var touching: [String: [Int]] = [:]
  private var loaded: Set<String> = []
  private let reportsAtMost: Int
  private let flowsAtMost: Int

  /// - Parameters:
  ///   - new: transfers that are not stored yet.
  ///   - account: the account of an id, with the reports that it is part of; nil if it is not there any more.
  /// - Returns: nil where it is larger than the limits of the rule.
  init?(
    around new: [Flow], limits: RuleBook.Entry, _ tx: any ReadTransaction,
    account: (String) throws -> Account?
  ) throws {
    reportsAtMost = limits.int("reports")
    flowsAtMost = limits.int("transfers")
    for flow in new { add(flow) }
    let first = new.map(\.at).min() ?? .latest
    var reached: [String] = []
    for flow in new {
      for account in [flow.from, flow.to] where accounts.insert(account).inserted { reached.append(account) }
    }
    while let next = reached.popLast() {
      guard try load(next, account, tx) else { return nil }
      for place in touching[next] ?? [] where flows[place].from == next && flows[place].at >= first {
        if accounts.insert(flows[place].to).inserted { reached.append(flows[place].to) }
      }
    }
    var sources = Array(accounts)
    while let next = sources.popLast() {
      guard try load(next, account, tx) else { return nil }
      for place in touching[next] ?? [] where flows[place].to == next && flows[place].origin == nil {
        if accounts.insert(flows[place].from).inserted { sources.append(flows[place].from) }
      }
    }
    flows.removeAll { !accounts.contains($0.from) && !accounts.contains($0.to) }
  }

  /// Reads the reports of an account that are not there yet.
  private mutating func load(
    _ id: String, _ account: (String) throws -> Account?, _ tx: any ReadTransaction
  ) throws -> Bool {
    for report in try account(id)?.reports ?? [] where loaded.insert(report).inserted {
      guard loaded.count <= reportsAtMost else { return false }
      guard let record = try tx.get("report", report), let stored = Report(record.body) else { continue }
      for flow in stored.flows(id: report) { add(flow) }
      guard flows.count <= flowsAtMost else { return false }
    }
    return true
  }

  private mutating func add(_ flow: Flow) {
    touching[flow.from, default: []].append(flows.count)
    touching[flow.to, default: []].append(flows.count)
    flows.append(flow)
  }
}
