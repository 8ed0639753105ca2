/// What a person is to a dispute. The raw values are stable codes.
package enum Role: String, Sendable, CaseIterable {
  case injured, offender
  /// A party to a dispute in which nobody injured anybody.
  case other
  /// Attends for a party who is under age.
  case guardian
  /// Acts for a party who does not come.
  case proxy

  /// Whether the person is a party, and not somebody who stands by one.
  package var isParty: Bool { self != .guardian && self != .proxy }

  package static let parties = allCases.filter(\.isParty)
}
