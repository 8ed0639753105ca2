/// Every bound that is not a rule's number.
package enum Bounds {
  package static let name = 128
  package static let address = 256
  /// Digits that a telephone number has at least.
  static let phoneDigits = 3
  package static let place = 256
  package static let matter = 200
  package static let reason = 1_000
  package static let document = 120
  package static let prose = 4_000
  package static let minutes = 10_000
  /// People of one dispute, representatives included.
  package static let people = 50
  /// Corrections of one person.
  package static let corrections = 20
  package static let calls = 1_000
  /// Lines of the history after which only corrections and steps that change the state are taken.
  package static let history = 400
  /// Changes of custody.
  package static let handOvers = 50
  package static let appraisals = 20
  package static let limitAtMost = 500
  package static let list = 50
  /// Rows looked at for one answer where an index cannot filter them; the page may then be short.
  package static let scan = 2_000
  /// Calls that `get` shows, the newest.
  package static let callsShown = 100
  /// Disputes of the same parties that an answer names, the newest.
  package static let similar = 20
  /// Records of one person that are looked at for an earlier dispute, the newest first.
  package static let match = 1_000
}
