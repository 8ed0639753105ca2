import StationKit

/// One step under way: the dispute as it was read, and what the step does to it.
struct Step {
  let id: String
  let version: Int
  let params: Params
  let context: CallContext
  let tx: any Transaction
  let rules: CaseRules
  var dispute: Dispute
  /// The state in which it was read.
  let stateBefore: State
  /// Members of the step's line in the history.
  var history: JSONObject = [:]
  /// Members of the answer besides the header.
  var extra: JSONObject = [:]
  /// Units that are told besides those that always are.
  var alsoTo: [String] = []
  /// Whether it can be what opens the door to support.
  var opensDoor = false

  init(
    id: String, version: Int, params: Params, context: CallContext, tx: any Transaction, rules: CaseRules,
    dispute: Dispute
  ) {
    self.id = id
    self.version = version
    self.params = params
    self.context = context
    self.tx = tx
    self.rules = rules
    self.dispute = dispute
    stateBefore = dispute.state
  }

  var terms: Terms { Terms(context, rules) }
  var now: Instant { context.now }

  /// The person that a member of the params names.
  ///
  /// - Throws: `not_found` with the pointer for an id that is nobody's in this dispute.
  func person(_ key: String) throws(RPCError) -> Dispute.Person {
    let id = try params.string(key)
    guard let person = dispute.person(id) else { throw .notFound("person", id, pointer: "/\(key)") }
    return person
  }

  /// Sets the flag of a risk of violence, where the caller says something of it: it may be all that the door
  /// to support waited for.
  mutating func takeRisk() {
    guard let risk = params["violence_risk"]?.boolValue else { return }
    dispute.risk = risk
    if risk { opensDoor = true }
  }

  /// Mediation ends without success at an instant: the case clock starts that day.
  mutating func fail(_ reason: FailureReason, at instant: Instant) throws {
    dispute.failedFor = reason
    dispute.times[.failed] = instant
    dispute.failures.append(instant)
    dispute.stop(.session1, .session2, .agreement, .performance, at: instant)
    try dispute.startCase(at: instant, terms)
    history["code"] = .string(reason.rawValue)
    opensDoor = true
  }
}
