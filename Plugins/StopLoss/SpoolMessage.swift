import StationKit

/// One message to a bank, as stored: no personal data, no content. Its content is made of the stop, the account
/// and the report when the file is written, and never again after that.
package struct SpoolMessage: Sendable, Hashable {
  package let stop: String
  package let station: String
  /// What the bank is asked to hold, in fen.
  package let amount: Int
  package let queued: Instant
  package var state = SpoolState.waiting
  /// SHA-256 of the file, in hexadecimal digits; from `prepared` on.
  package var digest: String?
  /// The file's name; from `prepared` on.
  package var file: String?
  package var prepared: Instant?
  package var sent: Instant?
  /// The bank's final word.
  package var final: Final?
  package var answered: Instant?
  /// The latest instant of a bank's "not yet".
  package var pending: Instant?
  /// Why it never left.
  package var reason: SpoolReason?

  /// What a later answer is compared with.
  package struct Final: Sendable, Hashable {
    /// The instant that the bank gave.
    package let at: Instant
    /// Held, in fen; nil where the bank refused.
    package let held: Int?
    package let reasons: [String]
  }

  package init(stop: String, station: String, amount: Int, queued: Instant) {
    self.stop = stop
    self.station = station
    self.amount = amount
    self.queued = queued
  }

  /// The name of its file.
  static func fileName(id: String, version: String) -> String { "camt.056.001.\(version)_\(id).xml" }
}

extension SpoolMessage.Final {
  /// Whether a bank says the same again, in other words or at another time.
  func agrees(with other: Self) -> Bool { held == other.held && Set(reasons) == Set(other.reasons) }
}
