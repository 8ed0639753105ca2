/// Bounds of what one call or one case may hold. The rule file may lower the number of items, never raise it.
enum Limits {
  static let items = 500
  static let persons = 20
  /// Corrections of one person.
  static let corrections = 20
  static let quantity = 1_000_000_000
  static let page = 500
  static let defaultPage = 50
  static let custodyPage = 100
  /// Disputes and discrepancies that `get` shows, the newest.
  static let shown = 100
  static let prose = 2000
  static let short = 200
  static let document = 64
}
