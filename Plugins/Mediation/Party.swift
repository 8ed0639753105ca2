import StationKit

/// A person of a dispute, with what identifies them.
package struct Party: Sendable, Hashable {
  package var role: Role
  package var represents: String?
  package var name: String
  package var idNumber: String?
  package var phone: String?
  package var statedBirth: CivilDate?
  package var address: String?
  /// What a proxy may decide.
  package var authority: String?
  /// What was overwritten and what came in its place, the oldest first; as stored and as shown.
  package var corrections: [JSONValue] = []

  package init(role: Role, name: String) {
    self.role = role
    self.name = name
  }

  /// The date of birth: of the ID number or, lacking it, as stated.
  package var birth: CivilDate? { idNumber.flatMap(IDNumber.birth) ?? statedBirth }

  /// Whole years on a day; nil if nobody has said when the person was born.
  ///
  /// The birthday itself completes the year; who was born on 29 February has theirs on 1 March in a common year.
  package func age(on day: CivilDate) -> Int? {
    guard let birth, birth <= day else { return nil }
    let isBefore = (day.month, day.day) < (birth.month, birth.day)
    return day.year - birth.year - (isBefore ? 1 : 0)
  }

  /// By what a person without an ID number is found: the name and the phone's digits; nil without a phone.
  package var namePhone: String? { digits.map { "\(Self.squeezed(name))|\($0)" } }

  /// The phone's digits, without those of the country; nil without a phone.
  private var digits: String? {
    guard let phone else { return nil }
    var digits = phone.filter { ("0"..."9").contains($0) }
    if digits.count == 13, digits.hasPrefix("86") { digits.removeFirst(2) }
    return digits.isEmpty ? nil : digits
  }

  /// Whether two records are of one person: the same ID number or, where one lacks it, the same name and phone.
  package func isSamePerson(as other: Party) -> Bool {
    if let mine = idNumber, let theirs = other.idNumber { return mine == theirs }
    return namePhone.map { $0 == other.namePhone } ?? false
  }

  /// Whether they can be one person, as far as nothing tells them apart: the ID numbers or, where one lacks it,
  /// the names and, where both have one, the phones.
  func mayBe(_ other: Party) -> Bool {
    if let mine = idNumber, let theirs = other.idNumber { return mine == theirs }
    if let mine = digits, let theirs = other.digits, mine != theirs { return false }
    return FreeText.folded(name) == FreeText.folded(other.name)
  }

  /// Without the spaces that people type differently, in lower case.
  package static func squeezed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
  }
}
