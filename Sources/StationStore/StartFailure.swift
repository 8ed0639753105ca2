import GRDB
import GRDBSQLite
import Glibc
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
      case let error as SQLError: ("\(database): \(error)", Self.isFull(error.primary, directory))
      case let error as DatabaseError:
        ("\(database): \(error)", Self.isFull(error.resultCode.primaryResultCode.rawValue, directory))
      case let error as FileError: (error.description, [ENOSPC, EDQUOT].contains(error.code))
      default: ("\(error)", false)
      }
  }

  private static func isFull(_ code: Int32, _ directory: String) -> Bool {
    switch code {
    case SQLITE_FULL: true
    case SQLITE_IOERR, SQLITE_CANTOPEN: DiskSpace(of: directory)?.isFull ?? false
    default: false
    }
  }
}
