import StationKit

/// Who did what and why, as the audit record of a call names it.
package struct Cause: Sendable {
  /// The principal as JSON text: uid, gid, roles, unit, acting officer.
  package let principal: [UInt8]
  package let method: String
  /// The JSON-RPC id as JSON text, where it is short and plain enough to be sure to name no person.
  package let request: [UInt8]?
  package let purpose: String?
  /// What must stay erasable, as JSON text (`reason`, `trace_id`): kept beside the leaf, which holds
  /// only its salted commitment.
  package let detail: [UInt8]?
  /// Where the call waits for its turn; not in the record.
  package let line: QueueLine

  package init(
    principal: [UInt8], method: String, request: [UInt8]?, purpose: String?, detail: [UInt8]?,
    line: QueueLine = .daemon
  ) {
    self.line = line
    self.principal = principal
    self.method = method
    self.request = request
    self.purpose = purpose
    self.detail = detail
  }

  /// Of work that leaves no record.
  package static let unrecorded = Cause(principal: [], method: "", request: nil, purpose: nil, detail: nil)

  /// The principal's members, as they stand in the leaf.
  package static func principal(_ principal: Principal) -> [UInt8] {
    var object: JSONObject = [
      "uid": .int(Int(principal.uid)), "gid": .int(Int(principal.gid)),
      "roles": .array(principal.roles.map(JSONValue.string)),
    ]
    if let unit = principal.unit { object["unit"] = .string(unit) }
    if let actor = principal.actor { object["actor"] = .string(actor) }
    return JSONValue.object(object).encoded()
  }
}
