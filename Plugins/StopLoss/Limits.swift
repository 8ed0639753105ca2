/// The bounds of what a caller can send and of what a record can grow to.
package enum Limits {
  /// One amount, and all transfers of one report together, in fen. A few thousand of them add up within 64 bits.
  package static let amount = 1_000_000_000_000_000
  package static let transfersPerCall = 100
  package static let accountsPerCall = 100
  package static let transfersPerReport = 1_000
  package static let accountsPerReport = 500
  package static let reportsPerImport = 500
  package static let correctionsPerReport = 20
  /// Reports that one account can be part of.
  package static let reportsPerAccount = 2_000
  /// Names that one account was reported under.
  package static let holdersPerAccount = 50
  /// As many as the reports of one account: what mules collect is given back too.
  package static let payersPerReturn = reportsPerAccount
  /// Lines of a stop's history; a freeze that is renewed for decades does not come near.
  package static let history = 500
  /// Of these, kept free of what callers ask for.
  package static let historyReserve = 50
  /// Rows looked at for one answer where an index cannot filter them; the page may then be short.
  package static let scan = 500
}
