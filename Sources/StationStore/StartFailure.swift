import GRDB
import GRDBSQLite
import Glibc
import StationAudit
import StationCrypto
import StationKit

/// Why a start ended, in words for whoever reads the journal.
package struct StartFailure: Error, CustomStringConvertible {
  package let description: String
  /// Nothing is wrong but that the disk is full: the same start succeeds when there is room.
  package let isFullDisk: Bool

  /// - Parameter directory: the state's.
  package init(_ error: any Error, state directory: String) {
    let database = StoreConfiguration(directory: directory, origin: "").databasePath
    (description, isFullDisk) =
      switch error {
      case let error as RPCError: ("\(directory): \(error.message.en)", error.kind == .storageFull)
      case let error as SQLError:
        (Self.text(database, "\(error)", error.primary, directory), Self.isFull(error.primary, directory))
      case let error as DatabaseError:
        (
          Self.text(database, "\(error)", error.resultCode.primaryResultCode.rawValue, directory),
          Self.isFull(error.resultCode.primaryResultCode.rawValue, directory)
        )
      case let error as FileError: (error.description, [ENOSPC, EDQUOT].contains(error.code))
      case is CryptoError, is NoteError, is ProofError:
        (
          "\(directory): its keys or its log could not be used (\(error)): run 'stationctl audit verify --state"
            + " \(directory)'; if that finds nothing, look at the installation of OpenSSL", false
        )
      default: ("\(error)", false)
      }
  }

  /// What SQLite says of the database, after what that means and what to do, where it is known.
  private static func text(
    _ database: String, _ error: String, _ code: Int32, _ directory: String
  ) -> String {
    let meaning: String
    switch code {
    case SQLITE_NOTADB: meaning = "is no database: it was overwritten, or its beginning is damaged"
    case SQLITE_CORRUPT: meaning = "is damaged"
    // A table, or a column.
    case SQLITE_ERROR where error.contains("no such "): meaning = "has not all that a stationd keeps in it"
    default: return "\(database): \(error)"
    }
    return "\(database) \(meaning): keep a copy of \(directory) as evidence, look at the disk, then put the"
      + " newest backup back with 'stationctl restore BACKUP --state \(directory)' (\(error))"
  }

  private static func isFull(_ code: Int32, _ directory: String) -> Bool {
    switch code {
    case SQLITE_FULL: true
    case SQLITE_IOERR, SQLITE_CANTOPEN: DiskSpace(of: directory)?.isFull ?? false
    default: false
    }
  }
}
