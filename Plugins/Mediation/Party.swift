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

  /// By what a person without an ID number is found: the name as it is compared and the phone's digits; nil without
  /// a phone.
  package var namePhone: String? { digits.map { "\(Self.compared(name))|\($0)" } }

  /// The same as records of before hold it, whose names were not folded: they are found as long as the name is
  /// written as it was then.
  var formerNamePhone: String? { digits.map { "\(Self.squeezed(name))|\($0)" } }

  /// The phone's digits, in whatever script and width, without those of the country; nil without a phone.
  private var digits: String? {
    guard let phone else { return nil }
    var digits = FreeText.folded(phone).filter { ("0"..."9").contains($0) }
    if digits.count == 13, digits.hasPrefix("86") { digits.removeFirst(2) }
    return digits.isEmpty ? nil : digits
  }

  /// Whether the phone, if there is one, has so many digits that it can be one.
  var hasPhoneDigits: Bool { phone == nil || (digits?.count ?? 0) >= Bounds.phoneDigits }

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
    return Self.compared(name) == Self.compared(other.name)
  }

  /// A name as it is compared: whatever dot stands between its parts.
  private static func compared(_ name: String) -> String {
    String(FreeText.folded(name).map { dots.contains($0) ? "·" : $0 })
  }

  private static let dots: Set<Character> = ["·", "•", "‧", "∙", "⋅", "・", "･", "."]

  private static func squeezed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
  }
}
