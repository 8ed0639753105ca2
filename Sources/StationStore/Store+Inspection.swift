import GRDBSQLite
import StationAudit
import StationKit

extension Store {
  /// SQLite's version, as it runs.
  package static var sqliteVersion: String { String(cString: sqlite3_libversion()) }

  /// How the checkpoint outside the database stands to the log.
  package enum AnchorState: Sendable, Equatable {
    /// It signs the first so many records of this log.
    case follows(UInt64)
    /// It does not, or is not there; the text says how.
    case lost(String)
  }

  /// Reads the checkpoint from its files, as the next start will.
  package func anchorState(_ log: LogReader) throws -> AnchorState {
    let found: Anchor.Found
    do {
      found = try Anchor.read(directory: anchorDirectory, key: signer.verifierKey)
    } catch let error as FileError {
      return .lost(error.description)
    }
    switch found {
    case .none: return .lost("\(anchorDirectory) holds none")
    case .unreadable: return .lost("none in \(anchorDirectory) is signed by this log's key")
    case .checkpoint(let checkpoint, _):
      guard checkpoint.size <= (try log.size()) else {
        // It may be of a commit that is newer than what the caller sees.
        let size = health.figures.now.logSize
        return checkpoint.size <= size
          ? .follows(checkpoint.size)
          : .lost("it has seen \(checkpoint.size) records, the log has \(size)")
      }
      guard try log.root(size: checkpoint.size) == checkpoint.root else {
        return .lost("it signs another log")
      }
      return .follows(checkpoint.size)
    }
  }
}

extension LogReader {
  /// The newest record of a method with this outcome, looking backwards through at most so many.
  package func newest(method: String, outcome: String, looking: UInt64) throws -> JSONValue? {
    let size = try size()
    // As the leaf has it.
    let needle = Array(#""method":"\#(method)""#.utf8)
    let statement = try SQL(
      "SELECT leaf FROM audit WHERE seq >= ? AND instr(leaf, ?) ORDER BY seq DESC", on: db)
    statement.bind(1, Int(size > looking ? size - looking : 0)).bind(2, blob: needle)
    defer { statement.done() }
    while try statement.step() {
      let leaf = try statement.withBlob(0) { try JSONParser.parse($0) }
      if leaf["method"]?.stringValue == method, leaf["outcome"]?.stringValue == outcome { return leaf }
    }
    return nil
  }
}
