import StationJSON

/// How a member of a result is shown to a role that may not see personal data in full.
///
/// A result schema marks the member with `"x-personal": "<mask>"`; the daemon masks it after the handler.
public enum Mask: String, Sendable, CaseIterable {
  /// The first character stays: `王**`.
  case name
  /// The first six and last four stay: `110101********1234`. Also for card and account numbers; of one with fewer than
  /// fourteen characters the last four only; of an address the first character and what follows the `@`.
  case number
  /// The first three and last four stay: `138****5678`; of one with fewer than eleven characters the last four only.
  case phone
  /// Nothing stays: `***`.
  case text

  /// The masked form. Lengths are kept, except under ``text``. Too short to hide enough: hidden whole.
  public func apply(_ value: String) -> String {
    let characters = Array(value)
    switch self {
    case .name: return keep(characters, first: 1, last: 0)
    case .number:
      if let at = characters.lastIndex(of: "@") {
        return keep(Array(characters[..<at]), first: 1, last: 0) + String(characters[at...])
      }
      return keep(characters, first: characters.count < 14 ? 0 : 6, last: characters.count < 8 ? 0 : 4)
    case .phone: return keep(characters, first: characters.count < 11 ? 0 : 3, last: 4)
    case .text: return "***"
    }
  }

  private func keep(_ characters: [Character], first: Int, last: Int) -> String {
    guard characters.count > first + last else { return String(repeating: "*", count: characters.count) }
    return String(characters.prefix(first))
      + String(repeating: "*", count: characters.count - first - last)
      + String(characters.suffix(last))
  }
}
