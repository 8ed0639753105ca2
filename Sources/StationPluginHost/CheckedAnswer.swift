import StationKit
import StationPluginWire

/// A plugin's answer to a call: within what it declared, and in line with what the host told it.
struct CheckedAnswer: Sendable {
  /// What is wrong with an answer, for the log only.
  struct Fault: Error {
    let what: String
  }

  let result: JSONValue
  let operations: [Operation]
  /// The call, with what the answer says that it relied on among its reads.
  let record: CallRecord

  init(
    _ answer: JSONValue, to record: CallRecord, _ loaded: PluginSession.Loaded, _ limits: PluginLimits
  ) throws(Fault) {
    guard case .object(let object) = answer, let result = object["result"] else {
      throw Fault(what: "an answer without a result")
    }
    // One that was meant to write must not be taken for one that does not.
    if let unknown = object.keys.first(where: { !["result", "operations", "kept"].contains($0) }) {
      throw Fault(what: "an answer with the member '\(unknown.prefix(100))'")
    }
    guard let operations = PluginConversation.operations(object["operations"], limits) else {
      throw Fault(what: "operations that are none, or too many")
    }
    if record.isRead, !operations.isEmpty { throw Fault(what: "operations in the answer to a read") }
    for operation in operations {
      if let offence = loaded.check.offence(operation) { throw Fault(what: offence) }
    }
    guard let kept = PluginConversation.kept(object["kept"], of: loaded.keptCalls) else {
      throw Fault(what: "'kept' that are no answers to steady methods, or too many")
    }
    if record.isRead, !kept.isEmpty { throw Fault(what: "'kept' in the answer to a read") }
    var record = record
    record.journal.note(kept: kept)
    if !record.journal.isDoomed,
      let contradiction = record.journal.contradiction(in: operations, isAnswer: true)
    {
      throw Fault(what: contradiction)
    }
    self.result = result
    self.operations = operations
    self.record = record
  }
}
