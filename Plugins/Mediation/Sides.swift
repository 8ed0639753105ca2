import StationKit

/// Nobody is a party twice, and nobody stands on two sides of one dispute.
struct Sides {
  /// Everybody of the dispute, by id.
  let people: [String: Party]

  /// The party whose side somebody is on: the party itself, or the one whom they stand by.
  private struct Place {
    let party: String?
    let role: Role
  }

  /// Checks somebody who joins, or of whom something else is stated now.
  ///
  /// - Parameter id: of who is on the roster already.
  /// - Throws: `refused_by_rule` where the same person has another place that this one does not go with.
  func check(_ person: Party, id: String?, pointer: String) throws(RPCError) {
    guard let mine = place(of: person, id) else { return }
    for (otherID, other) in people.sorted(by: { $0.key < $1.key }) where otherID != id {
      guard let theirs = place(of: other, otherID) else { continue }
      if person.role.isParty, other.role.isParty {
        guard person.isSamePerson(as: other) else { continue }
        throw .refused(rule: RuleID.parties, Text("The same person twice", zh: "当事人重复"), pointer: pointer)
      }
      guard person.mayBe(other) else { continue }
      let isSameParty = mine.party == theirs.party
      guard isSameParty ? person.role.isParty || other.role.isParty : oppose(mine, theirs, person, other)
      else { continue }
      throw .refused(
        rule: RuleID.sides,
        Text(
          "'\(otherID)' is on another side, and may be the same person: ID numbers tell them apart",
          zh: "与“\(otherID)”疑为同一人且立场不同；如非同一人，请填写公民身份号码"), pointer: pointer)
    }
  }

  private func place(of person: Party, _ id: String?) -> Place? {
    guard let represented = person.represents else { return Place(party: id, role: person.role) }
    return people[represented].map { Place(party: represented, role: $0.role) }
  }

  /// Who is injured and who is the offender is told; of others nobody says on whose side they are. So a proxy,
  /// who is chosen, stands by one of them only; a guardian is not chosen, and may be of several.
  private func oppose(_ mine: Place, _ theirs: Place, _ person: Party, _ other: Party) -> Bool {
    guard person.role == .proxy || other.role == .proxy else {
      return Set([mine.role, theirs.role]) == [.injured, .offender]
    }
    return mine.role != .injured || theirs.role != .injured
  }
}
