/// Why a stopped or copied state does not verify.
package enum OfflineFault: Error, Sendable, Equatable {
  /// A running daemon holds the state.
  case inUse(directory: String)
  /// The key is not one: missing, or not written as it must be.
  case key(String)
  /// A file that is needed is not there, or may not be read.
  case inaccessible(String)
  /// The database cannot be read; the records before this one were.
  case unreadable(String, at: UInt64)
  /// There is no checkpoint outside the database, though the log has records.
  case noAnchor(directory: String, size: UInt64)
  /// The newest checkpoint signs fewer records than there were when the last daemon stopped, which had signed them all.
  case oldAnchor(directory: String, signed: UInt64, sealed: UInt64)
  /// No checkpoint in the directory is signed by the key.
  case foreignAnchor(directory: String)
  /// A checkpoint that the log is to extend is none that the key signed.
  case foreignCheckpoint
  /// The log ends before the tree that was signed.
  case truncated(size: UInt64, promised: UInt64)
  /// This record of the log is the first that is wrong.
  case record(seq: UInt64, Defect)
  /// One or more of these records are not what was signed, or a root stored for them is not: the log keeps
  /// no hash of a single record, so it cannot be told closer.
  case records(ClosedRange<UInt64>)
  /// All records are what was signed, but the stored root of a subtree is not theirs.
  case tile(level: Int, index: UInt64)
  /// A record of a module is in the database, and nothing in the log wrote it.
  case unlogged(collection: String, id: String)

  /// There is a trigger or a view, which would have run inside the daemon; the store makes none.
  case code(String)
  /// The store's own entries of its keys are gone or are none, though something is encrypted.
  case keyring
  /// All that the log commits to is in order, but the file is not the one that the last daemon left when it stopped:
  /// rows of events, deadlines, series or idempotency keys were changed.
  case seal
  /// The same of a backup: its database is not the one that its manifest was signed for, or its manifest is not the
  /// key's own.
  case manifest

  /// What is wrong with one record of the log, or with what it says was stored.
  package enum Defect: Sendable, Equatable {
    /// Another number stands where this one should.
    case sequence(found: Int)
    /// It was not there when the last daemon stopped.
    case added
    /// The leaf is not the JSON object it must be; the text names the member.
    case malformed(String)
    /// What is kept beside the leaf does not match the commitment in it.
    case detail
    /// The module's record is not in the version that this record wrote.
    case version(collection: String, id: String, stored: Int, logged: Int)
    /// The module's record has the right version, but other content than was committed to.
    case content(collection: String, id: String)
    /// A column that lists and figures are read from does not say what the module's record says.
    case column(collection: String, id: String, field: String)
    /// The module's record is gone, and nothing in the log removed it.
    case missing(collection: String, id: String)
    /// The module's record is encrypted, and its key is gone or is none: nobody can read it, and nothing erased it.
    case key(collection: String, id: String)
  }

  /// Whether nothing was examined, so that nothing can be said of the log.
  package var isUnexamined: Bool {
    switch self {
    case .inUse, .key, .inaccessible: true
    default: false
    }
  }

  /// The number of the first record concerned, where one is.
  package var seq: UInt64? {
    switch self {
    case .record(let seq, _): seq
    case .records(let range): range.lowerBound
    case .truncated(let size, _): size
    default: nil
    }
  }
}
