import StationKit

/// One scenario of the catalogue, with everything computed once that opening a request needs.
package final class Scenario: Sendable {
  /// What the `branch` of a request may name.
  package enum Branch: String, Sendable, CaseIterable {
    /// One of the owners, which then leads: several branches, and the one with jurisdiction leads.
    case owner
    /// Any active department or desk, which then leads: the one that a legal instrument names.
    case lead
    /// Any active department or desk, which joins the owners: the brigade that receives a case.
    case join
  }

  /// A rule that marks a request and never refuses it.
  package struct Marker: Sendable {
    package let rule: Rule
    package let when: Condition
  }

  /// An approval that is recorded.
  package struct Approval: Sendable {
    package let rule: Rule
    /// Whether work waits for it, and the request is marked until it is there. The clocks never wait.
    package let holdsStart: Bool
    /// A fact that, stated as false, makes it unnecessary.
    package let unlessFalse: String?
  }

  package let number: Int
  package let name: Text
  package let active: Bool
  /// Departments that answer; the first that is active leads unless the request's `branch` says otherwise.
  package let owners: [String]
  package let ownersNote: Text?
  package let branch: Branch
  package let limits: LimitTable
  package let eligibility: [Marker]
  /// Facts that send the matter to the criminal brigade at once.
  package let transfer: Marker?
  package let approval: Approval?
  /// Pinned by every cycle that opens under it.
  package let version: String
  /// Where the limits come from.
  package let source: String

  let numberValue: JSONValue
  /// The owners and the coordination desk, once each.
  let recipients: JSONValue
  private let memos: [OpeningMemo]

  init(
    number: Int, name: Text, active: Bool, owners: [String], ownersNote: Text?, branch: Branch,
    limits: LimitTable, eligibility: [Marker], transfer: Marker?, approval: Approval?, version: String,
    source: String, coordination: String
  ) {
    self.number = number
    self.name = name
    self.active = active
    self.owners = owners
    self.ownersNote = ownersNote
    self.branch = branch
    self.limits = limits
    self.eligibility = eligibility
    self.transfer = transfer
    self.approval = approval
    self.version = version
    self.source = source
    numberValue = .int(number)
    let told = owners.contains(coordination) ? owners : owners + [coordination]
    recipients = .array(told.map(JSONValue.string))
    memos = Urgency.allCases.map { _ in OpeningMemo() }
  }

  /// Whether opening needs no look at the facts.
  var isPlain: Bool { eligibility.isEmpty && transfer == nil && approval == nil }

  func memo(_ urgency: Urgency) -> OpeningMemo { memos[urgency.rank] }

  /// The marks that facts earn.
  ///
  /// - Throws: `refused_by_rule` for facts that make no sense.
  package func marks(_ facts: JSONObject?) throws(RPCError) -> JSONObject {
    var marks: JSONObject = [:]
    if !eligibility.isEmpty {
      let verdict = try Condition.all(eligibility.map(\.when)).verdict(facts)
      marks["eligibility"] = .string(verdict.rawValue)
    }
    if let transfer, try transfer.when.verdict(facts) == .met { marks["transfer_to_criminal_brigade"] = true }
    if let approval, approval.holdsStart, approval.unlessFalse.map({ facts?[$0]?.boolValue != false }) ?? true
    {
      marks["needs_approval"] = true
    }
    return marks
  }
}
