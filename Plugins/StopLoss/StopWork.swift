import StationKit

/// A stop under way in a call: its record, and its account's.
struct StopWork {
  let record: Record
  /// As it was read.
  let before: Stop
  var stop: Stop
  /// nil once the account was erased.
  let accountRecord: Record?
  var account: Account? { didSet { isAccountChanged = true } }
  private(set) var isAccountChanged = false
  /// Whether a freeze waits for the end of this one, which had ended before.
  var isFollowed = false
  /// Whether the clock does it, in whoever's call that happens.
  var isByClock = false

  var id: String { record.id }
  var version: Int { record.version }

  init(_ record: Record, _ stop: Stop, _ tx: any ReadTransaction) throws {
    self.record = record
    before = stop
    self.stop = stop
    accountRecord = try tx.get("account", stop.account)
    account = accountRecord.flatMap { Account($0.body) }
  }

  /// - Throws: `not_found` with a pointer.
  static func load(_ id: String, pointer: String, _ tx: any ReadTransaction) throws -> StopWork {
    let (record, stop) = try tx.find("stop", id, pointer: pointer, as: Stop.init)
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
