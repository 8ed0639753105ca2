/// A share of a limit at which somebody is told, written `100 owner coordination`.
package struct Rung: Sendable, Hashable {
  /// Whom a rung tells. The raw values are the words of the rule file.
  package enum Recipient: String, Sendable, CaseIterable {
    /// The unit that has the dispute.
    case owner
    /// The leader on duty of that unit.
    case dutyLeader = "duty_leader"
    /// The desk that coordinates.
    case coordination
  }

  /// Of the limit's length, 1 to 1,000.
  package let percent: Int
  package let to: [Recipient]

  /// nil for anything but a percentage and at least one recipient.
  package init?(_ text: String) {
    let words = text.split(separator: " ")
    guard let first = words.first, let percent = Int(first), (1...1_000).contains(percent) else { return nil }
    let to = words.dropFirst().map { Recipient(rawValue: String($0)) }
    guard !to.isEmpty, to.allSatisfy({ $0 != nil }) else { return nil }
    self.percent = percent
    self.to = to.compactMap { $0 }
  }
}
