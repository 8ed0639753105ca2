import StationKit

/// Asks for support where somebody is out of contact: with an id and a code, and nothing else.
struct SupportAsking {
  static let open = "support.open"
  static let deadline = "contact"
  /// The scenario of the support catalogue: key person out of contact.
  private static let scenario = 9
  private static let code = "out_of_contact"

  let work: Work

  /// Asks the instrument's owner, or, where support does not know it any more, the desk that has what names none.
  /// The absence stands whatever support says: it refuses before it writes anything.
  ///
  /// - Returns: the request, or the rule by which it was refused, for the answer and the event.
  func run(_ id: String, _ record: inout KeyRecord, urgency: JSONValue) throws -> JSONObject {
    guard let task = record.lost?.task else { return [:] }
    var told: JSONObject = [:]
    var support: String?
    for branch in [record.owner, nil] where support == nil {
      do {
        support = try open(id, record, branch: branch, urgency: urgency)
      } catch let error as RPCError where error.kind == .refusedByRule || error.kind == .notFound {
        told["refused_by"] = .string(error.rule ?? error.kind.rawValue)
      }
    }
    record.lost?.support = support
    if let support { told = ["support": .string(support)] }
    var event = told
    event["task"] = .string(task)
    try work.announce(.contactLost, record, event)
    return told
  }

  /// The same by the clock, for who could not ask in the station's name.
  func run(_ deadline: Deadline) throws {
    guard let stored = try work.tx.get("record", deadline.subject), var record = KeyRecord(stored.body),
      record.lost != nil, record.lost?.support == nil
    else { return }
    _ = try run(stored.id, &record, urgency: deadline.payload["urgency"] ?? "routine")
    _ = try work.save(Work.Loaded(id: stored.id, version: stored.version, record: record))
  }

  private func open(
    _ id: String, _ record: KeyRecord, branch: String?, urgency: JSONValue
  ) throws -> String {
    var params: JSONObject = [
      "scenario": .int(Self.scenario), "station": .string(record.station), "urgency": urgency,
      "summary": .string("keyperson \(id) \(Self.code)"),
    ]
    params["branch"] = branch.map(JSONValue.string)
    guard let support = try work.tx.call(Self.open, params)["id"]?.stringValue else {
      throw RPCError(.internalError)
    }
    return support
  }
}
