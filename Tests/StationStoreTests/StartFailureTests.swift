import GRDB
import Glibc
import StationAudit
import StationCrypto
import StationKit
import StationStore
import Testing

@Suite struct StartFailureTests {
  private static func fileError(_ code: Int32) -> FileError {
    errno = code
    return FileError("/s/anchor/seal")
  }

  private static let failures: [(error: any Error, text: String, isFullDisk: Bool)] = [
    (RPCError(.storageFull), "/s: \(ErrorKind.storageFull.message.en)", true),
    (RPCError(.unavailable), "/s: \(ErrorKind.unavailable.message.en)", false),
    (DatabaseError(resultCode: .SQLITE_FULL), "/s/stationd.db: SQLite error 13", true),
    (DatabaseError(resultCode: .SQLITE_NOTADB), "/s/stationd.db is no database: ", false),
    (DatabaseError(resultCode: .SQLITE_CORRUPT), "/s/stationd.db is damaged: keep a copy of /s ", false),
    (
      DatabaseError(resultCode: .SQLITE_ERROR, message: "no such table: audit"),
      "/s/stationd.db has not all that a stationd keeps in it: ", false
    ),
    (DatabaseError(resultCode: .SQLITE_ERROR, message: "else"), "/s/stationd.db: SQLite error 1", false),
    (DatabaseError(resultCode: .SQLITE_BUSY), "/s/stationd.db: SQLite error 5", false),
    (CryptoError.authenticationFailed, "/s: its keys or its log could not be used (authentication", false),
    (NoteError.signingFailed, "/s: its keys or its log could not be used (signingFailed): run ", false),
    (fileError(ENOSPC), "/s/anchor/seal: No space left on device", true),
    (fileError(EACCES), "/s/anchor/seal: Permission denied", false),
    (StoreError("put it back"), "put it back", false),
  ]

  @Test(arguments: failures)
  func `it names what could not be used, and whether only room is missing`(
    error: any Error, text: String, isFullDisk: Bool
  ) {
    let failure = StartFailure(error, state: "/s")
    #expect(failure.description.hasPrefix(text), "\(failure)")
    #expect(failure.isFullDisk == isFullDisk)
  }
}
