import StationKit

extension Batch {
  /// Runs work of the store's own. When it fails, its changes go and nobody else's.
  mutating func upkeep(_ body: (Upkeep) throws -> [UInt8]) throws -> Answer {
    try db.run("SAVEPOINT upkeep")
    do {
      let answer = try body(Upkeep(db: db, state: state))
      try db.run("RELEASE upkeep")
      return .success(answer)
    } catch let error as SQLError where error.severity != .call {
      throw error
    } catch {
      try hot.requireTransaction()
      try db.run("ROLLBACK TO upkeep")
      try db.run("RELEASE upkeep")
      report("\(error)")
      return .failure(RPCError(.internalError))
    }
  }
}
