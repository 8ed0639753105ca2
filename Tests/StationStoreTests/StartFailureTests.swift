import GRDB
import Glibc
import StationKit
import StationStore
import Testing

@Suite struct StartFailureTests {
  private static func fileError(_ code: Int32) -> FileError {
    errno = code
    return FileError("/s/anchor/seal")
  }

  @Test(arguments: [
    (RPCError(.storageFull) as any Error, "/s: \(ErrorKind.storageFull.message.en)", true),
    (RPCError(.unavailable), "/s: \(ErrorKind.unavailable.message.en)", false),
    (DatabaseError(resultCode: .SQLITE_FULL), "/s/stationd.db: SQLite error 13", true),
    (DatabaseError(resultCode: .SQLITE_NOTADB), "/s/stationd.db: SQLite error 26", false),
    (fileError(ENOSPC), "/s/anchor/seal: No space left on device", true),
    (fileError(EACCES), "/s/anchor/seal: Permission denied", false),
    (StoreError("put it back"), "put it back", false),
  ])
  func `it names what could not be used, and whether only room is missing`(
    error: any Error, text: String, isFullDisk: Bool
  ) {
    let failure = StartFailure(error, state: "/s")
    #expect(failure.description.hasPrefix(text), "\(failure)")
    #expect(failure.isFullDisk == isFullDisk)
  }
}
