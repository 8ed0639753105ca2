import StationCrypto
import StationKit

extension SQLWriteTransaction {
  /// A new record as its row holds it, and the wrapped key that goes with it where it is its own subject.
  func newlySealed(
    _ body: JSONObject, _ plan: CollectionPlan, _ id: String
  ) throws -> (stored: Sealer.Stored, wrapped: [UInt8]?) {
    guard let personal = plan.personal else {
      return (Sealer.Stored(body: JSONValue.object(body).encoded()), nil)
    }
    let sealer = try sealer()
    guard let member = personal.subjectMember else {
      let key = try sealer.newKey()
      let stored = try sealer.seal(body, personal, id: id, version: 1, key: key)
      return (stored, try sealer.wrap(key, for: id, personal))
    }
    let key = try sharedKey(of: body[member], personal)
    return (try sealer.seal(body, personal, id: id, version: 1, key: key), nil)
  }

  /// A changed record as its row will hold it.
  /// - Parameter version: the present one; what is stored gets the next.
  /// - Throws: `not_found` when the record is not there.
  func sealedAgain(
    _ body: JSONObject, _ plan: CollectionPlan, _ id: String, _ version: Int
  ) throws -> Sealer.Stored {
    guard let personal = plan.personal else { return Sealer.Stored(body: JSONValue.object(body).encoded()) }
    let key: Digest32
    if let member = personal.subjectMember {
      key = try sharedKey(of: body[member], personal)
    } else {
      guard let own = try ownKey(plan, personal, id) else {
        throw RPCError.notFound(plan.compiled.declaration.name, id)
      }
      key = own
    }
    // A version that is too large is a conflict, found when the row is not.
    return try sealer().seal(body, personal, id: id, version: version &+ 1, key: key)
  }

  /// The key of a record that is its own subject.
  private func ownKey(_ plan: CollectionPlan, _ personal: PersonalPlan, _ id: String) throws -> Digest32? {
    let place = CacheKey(collection: personal.collection, id: id)
    if let key = subjectKeys[place] { return key }
    let statement = try SQL("SELECT wrapped FROM \(plan.table) WHERE id = ?", on: db).bind(1, id)
    defer { statement.done() }
    guard try statement.step() else { return nil }
    return try sealer().unwrap(statement.blob(0), for: id, personal)
  }

  /// The key of a subject that several records share; made with the first of them.
  func sharedKey(of subject: JSONValue?, _ plan: PersonalPlan) throws -> Digest32 {
    guard let subject = subject?.stringValue else {
      throw ModuleFault("\(plan.collection): '\(plan.subjectMember ?? "")' must name the subject")
    }
    if let key = try subjectKey(subject, plan) { return key }
    let key = try sealer().newKey()
    let wrapped = try sealer().wrap(key, for: subject, plan)
    hasWritten = true
    try SubjectKeyTable.insert(plan.module, subject, wrapped, on: db)
    subjectKeys[CacheKey(collection: plan.module, id: subject)] = key
    return key
  }
}
