import StationKit

/// One call at work on one case: what a step reads, changes and notes down.
struct Handling {
  let id: String
  let policy: Policy
  let params: Params
  let context: CallContext
  let tx: any Transaction
  /// The state before the step.
  let from: State
  var item: TransferCase
  /// What the step's record tells besides who, when and which states: ids, codes and times.
  var details: JSONObject = [:]
  /// Free text of the step; personal.
  var text: JSONValue?
  /// Members of the answer besides the header.
  var extra: JSONObject = [:]
  /// Units that hear of the step besides those of the case.
  var alsoTo: [String] = []
  /// Events that follow the step's own.
  var follow: [Announcement] = []

  var now: Instant { context.now }
  var by: JSONValue { .string(context.principal.person) }
  var clock: DutyClock { DutyClock(policy: policy, context: context, rulesOn: item.rulesOn) }

  func rule(_ id: String) throws(RPCError) -> RuleBook.Entry { try policy.book.rule(id, on: item.rulesOn) }

  private var stepID: String { "\(id).s\(item.steps)" }
  /// The id that the step's record will have.
  var nextStep: String { "\(id).s\(item.steps + 1)" }

  /// Writes the step's record, and keeps the case's clock from going back.
  mutating func record(_ action: Action) throws {
    item.steps += 1
    item.last = now
    var step: JSONObject = [
      "case": .string(id), "number": .int(item.steps), "at": now.text(context.zone), "time": now.stored,
      "action": .string(action.rawValue), "by": by, "from": .string(from.rawValue),
      "to": .string(item.state.rawValue), "unit": .string(item.unit),
    ]
    step.merge(details)
    step["text"] = text
    _ = try tx.create("step", id: stepID, step)
  }

  /// Sets the one deadline that the case has.
  func schedule() throws {
    let minutes = try rule(RuleID.warning).int("minutes")
    if let next = item.nextRung(warning: minutes) {
      let awaiting = item.duties.first { $0.isOpen && $0.provisional && $0.due > now }
      try tx.schedule(
        Alarm.name, subject: id, due: next,
        payload: Deadline.payload(provisionalUnder: awaiting?.calendarVersion))
    } else {
      try tx.cancel(Alarm.name, subject: id)
    }
  }

  /// The units that hear of every step.
  var concerned: [String] {
    [item.unit, item.origin] + [item.sender, item.receiver].compactMap { $0 } + alsoTo
  }
}
