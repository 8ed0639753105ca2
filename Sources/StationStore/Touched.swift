import StationCrypto
import StationKit

/// A record that a call wrote or disclosed, as the audit log names it: by commitment, not content.
package struct Touched: Sendable {
  package let collection: String
  package let id: String
  /// The version written or read; 0 for a removed record.
  package let version: Int
  /// See `RecordCommitment`.
  package let commitment: Digest32
}
