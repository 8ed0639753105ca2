import StationKit

/// What opens the commitment of a record in the audit log: whoever has it and the leaf needs no daemon to see that the
/// record said this (`RecordCommitment`).
package struct Opening: Sendable {
  package let collection: String
  package let id: String
  package let version: Int
  package let salt: [UInt8]
  /// The record as it is stored: a JSON object.
  package let body: [UInt8]
}

extension ReadTransaction {
  /// Opens a stored record; nil where its collection is not declared as openable, or that version is stored no more.
  package func opening(_ collection: String, _ id: String, version: Int) throws -> Opening? {
    guard let transaction = self as? SQLReadTransaction,
      let plan = transaction.catalog.allPlans.first(where: { $0.compiled.fullName == collection }),
      plan.compiled.declaration.openable
    else { return nil }
    let row = try SQL(plan.select, on: transaction.db).bind(1, id)
    defer { row.done() }
    guard try row.step(), row.int(2) == version else { return nil }
    return Opening(collection: collection, id: id, version: version, salt: row.blob(3), body: row.blob(4))
  }
}
