import StationKit

/// A stop under way in a call: its record, and its account's.
struct StopWork {
  let id: String
  let version: Int
  /// As it was read.
  let before: Stop
  var stop: Stop
  /// nil once the account was erased.
  let accountRecord: Record?
  var account: Account? { didSet { isAccountChanged = true } }
  private(set) var isAccountChanged = false
  /// Whether a freeze that had followed this one waits again for its end.
  var isFollowed = false

  init(_ record: Record, _ stop: Stop, _ tx: any ReadTransaction) throws {
    id = record.id
    version = record.version
    before = stop
    self.stop = stop
    accountRecord = try tx.get("account", stop.account)
    account = accountRecord.flatMap { Account($0.body) }
  }

  /// - Throws: `not_found` with a pointer.
  static func load(_ id: String, pointer: String, _ tx: any ReadTransaction) throws -> StopWork {
    guard let record = try tx.get("stop", id), let stop = Stop(record.body) else {
      throw RPCError.notFound("stop", id, pointer: pointer)
    }
    return try StopWork(record, stop, tx)
  }

  /// Keeps the account's counts in step with the stop's state.
  mutating func count() {
    let stops = (stop.isCounted ? 1 : 0) - (before.isCounted ? 1 : 0)
    let active = (stop.state.isOver ? 0 : 1) - (before.state.isOver ? 0 : 1)
    guard stops != 0 || active != 0 else { return }
    account?.stops += stops
    account?.active += active
  }
}
