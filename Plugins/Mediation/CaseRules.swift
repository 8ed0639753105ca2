import StationKit

/// The rules that a case is under: those in force on the day it began.
package struct CaseRules: Sendable {
  package let book: RuleBook
  package let day: CivilDate

  package func entry(_ id: String) throws(RPCError) -> RuleBook.Entry { try book.rule(id, on: day) }

  package func int(_ id: String, _ name: String) throws(RPCError) -> Int { try entry(id).int(name) }

  package func reference(_ id: String) throws(RPCError) -> RuleRef { try entry(id).reference }

  /// The shares of a limit at which somebody is told, the earliest first.
  func rungs() throws(RPCError) -> [Rung] {
    try entry(RuleID.escalation).strings("rungs").compactMap(Rung.init).sorted { $0.percent < $1.percent }
  }

  /// The desk that hears of everything.
  func coordination() throws(RPCError) -> String {
    try entry(RuleID.desks).strings("coordination").first ?? ""
  }
}
