import StationKit

/// Who came to a session, and whether they may hold it.
package struct Attendance: Sendable {
  /// One who came, and what is said of a party of 16 or 17 who comes without a guardian.
  package struct Attendee: Sendable, Hashable {
    package let person: String
    package let selfSupporting: Bool
    package let agreesAlone: Bool

    package init(_ person: String, selfSupporting: Bool = false, agreesAlone: Bool = false) {
      self.person = person
      self.selfSupporting = selfSupporting
      self.agreesAlone = agreesAlone
    }

    var json: JSONValue {
      var json: JSONObject = ["person": .string(person)]
      if selfSupporting { json["self_supporting"] = true }
      if agreesAlone { json["agrees_alone"] = true }
      return .object(json)
    }

    init?(_ json: JSONValue) {
      guard let person = json["person"]?.stringValue else { return nil }
      self.init(
        person, selfSupporting: json["self_supporting"]?.boolValue ?? false,
        agreesAlone: json["agrees_alone"]?.boolValue ?? false)
    }
  }

  private let roster: [Dispute.Person]
  private let people: [String: Party]
  private let rules: CaseRules

  package init(roster: [Dispute.Person], people: [String: Party], rules: CaseRules) {
    self.roster = roster
    self.people = people
    self.rules = rules
  }

  /// Checks a session of a day.
  ///
  /// - Throws: `not_found` for somebody who is not of the dispute; `refused_by_rule` where an offender is not
  ///   there, an injured party is neither there nor represented, a minor is alone, or an age is not known.
  package func check(_ attendees: [Attendee], on day: CivilDate) throws {
    var places: [String: Int] = [:]
    for (place, attendee) in attendees.enumerated() {
      guard roster.contains(where: { $0.id == attendee.person }) else {
        throw RPCError.notFound("person", attendee.person, pointer: "/attendees/\(place)/person")
      }
      guard places.updateValue(place, forKey: attendee.person) == nil else {
        throw RPCError.refused(
          rule: RuleID.attendance, Text("Somebody is listed twice", zh: "到场人员重复"),
          pointer: "/attendees/\(place)/person")
      }
    }
    for party in roster where party.role.isParty {
      try attends(party, places)
      try guarded(party, attendees, places, on: day)
    }
  }

  private func attends(_ party: Dispute.Person, _ places: [String: Int]) throws {
    guard places[party.id] == nil, !isThere(.proxy, for: party, places) else { return }
    throw RPCError.refused(
      rule: RuleID.attendance,
      party.role == .offender
        ? Text("The offender '\(party.id)' must be there in person", zh: "违法嫌疑人“\(party.id)”须本人到场")
        : Text("'\(party.id)' is neither there nor represented", zh: "“\(party.id)”未到场且未委托他人"),
      pointer: "/attendees")
  }

  /// Under age a guardian attends, unless the party is old enough, lives on its own work and agrees.
  private func guarded(
    _ party: Dispute.Person, _ attendees: [Attendee], _ places: [String: Int], on day: CivilDate
  ) throws {
    let pointer = places[party.id].map { "/attendees/\($0)" } ?? "/attendees"
    guard let age = people[party.id]?.age(on: day) else {
      throw RPCError.refused(
        rule: RuleID.age,
        Text(
          "The age of '\(party.id)' is not known: give an ID number or a date of birth",
          zh: "“\(party.id)”年龄不明：请提供公民身份号码或出生日期"),
        pointer: pointer)
    }
    let attendee = places[party.id].map { attendees[$0] }
    guard try rules.needsGuardian(age: age, attendee), !isThere(.guardian, for: party, places) else { return }
    throw RPCError.refused(
      rule: RuleID.guardian,
      Text("A guardian of '\(party.id)' must be there", zh: "“\(party.id)”未满十八周岁，监护人应当到场"), pointer: pointer)
  }

  private func isThere(_ role: Role, for party: Dispute.Person, _ places: [String: Int]) -> Bool {
    roster.contains { $0.role == role && $0.represents == party.id && places[$0.id] != nil }
  }
}

extension CaseRules {
  /// Under age, unless old enough, living on its own work and agreeing, as far as the party has come itself.
  func needsGuardian(age: Int, _ attendee: Attendance.Attendee?) throws(RPCError) -> Bool {
    guard age < (try int(RuleID.guardian, "adult")) else { return false }
    guard let attendee, attendee.selfSupporting, attendee.agreesAlone else { return true }
    return age < (try int(RuleID.guardian, "self_supporting"))
  }
}
