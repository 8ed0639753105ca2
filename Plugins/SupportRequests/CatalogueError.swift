import StationKit

/// Why a catalogue cannot be used: which scenario, which member of it, and what is wrong there.
package struct CatalogueError: PlacedError, Hashable {
  /// The scenario's number; nil where the fault is not in one.
  package let scenario: Int?
  /// Path of the member, such as `limits.urgent.support`.
  package let member: String
  package let reason: String
  package let pointer: JSONPointer

  package init(scenario: Int?, member: String, reason: String, pointer: JSONPointer) {
    self.scenario = scenario
    self.member = member
    self.reason = reason
    self.pointer = pointer
  }

  package var description: String {
    (scenario.map { "scenario \($0), " } ?? "") + "\(member): \(reason)"
  }
}
