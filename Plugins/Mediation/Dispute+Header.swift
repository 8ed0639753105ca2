import StationKit

extension Dispute {
  /// What every method but the disclosing ones shows: ids, codes and times.
  func header(id: String, version: Int, context: CallContext) -> JSONValue {
    let zone = context.zone
    var header: JSONObject = [
      "id": .string(id), "version": .int(version), "kind": .string(kind.rawValue),
      "mode": .string(mode.rawValue), "station": .string(station), "owner": .string(owner),
      "state": .string(state.rawValue), "opened_at": opened.text(zone),
      "thread": .string(thread), "is_repeat": .bool(thread != id), "calls": .int(calls),
      "violence_risk": .bool(risk), "sessions": .int(sessions), "people": .array(roster.map(\.json)),
      "late": .array(late(at: context.now).map { .string($0.rawValue) }),
      "next_limit": next.map { .string($0.name.rawValue) } ?? .null,
      "next_due": next.map { $0.end.text(zone) } ?? .null,
    ]
    header["proposed_to"] = proposal.map { .string($0.to) }
    header["failed_for"] = failedFor.map { .string($0.rawValue) }
    header["advice"] = advice.map { .string($0.rawValue) }
    header["settled"] = settled.map(JSONValue.bool)
    if !doors.isEmpty { header["support_requests"] = .array(doors.map { .string($0.request) }) }
    header["ended_at"] = ended?.text(zone)
    return .object(header)
  }
}
