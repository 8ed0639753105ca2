import Glibc
import StationAudit
import StationCrypto
import StationKit

/// What a backup holds, as the log's key signed it: with it every byte of the database is what the daemon wrote.
///
/// The text of a signed note (C2SP signed-note), a line each: what it is and of which log, then name and value. Its
/// first line holds spaces, so that it is never taken for a checkpoint of that log.
package struct BackupManifest: Sendable, Equatable {
  /// The log's name.
  package let origin: String
  /// When the copy was taken.
  package let at: Instant
  /// The log as the copy has it.
  package let head: TreeHead
  /// SHA-256 of the database file.
  package let digest: Digest32
  /// Length of the database file.
  package let bytes: Int
  /// The program that made it.
  package let version: String
  /// The master key that the personal data in it is encrypted under, by its id.
  package let masterKey: String

  /// The manifest's name in a backup's folder.
  package static let fileName = "backup"

  private static let title = "stationd backup of "

  init(
    origin: String, at: Instant, head: TreeHead, digest: Digest32, bytes: Int, version: String,
    masterKey: String
  ) {
    self.origin = origin
    self.at = at
    self.head = head
    self.digest = digest
    self.bytes = bytes
    self.version = version
    self.masterKey = masterKey
  }

  private var text: String {
    """
    \(Self.title)\(origin)
    format 1
    at \(at.rfc3339(zone: .utc))
    size \(head.size)
    root \(head.root.base64)
    sha256 \(digest.base64)
    bytes \(bytes)
    version \(version)
    master-key \(masterKey)

    """
  }

  /// Whether a database that nobody has open is the one that was signed, to the byte.
  func isOf(database path: String) throws -> Bool {
    // It had no write-ahead log: what is in one now would be read over it.
    var log = stat()
    if stat(path + "-wal", &log) == 0, log.st_size > 0 { return false }
    let file = try FileIO.open(path, O_RDONLY, 0)
    defer { close(file) }
    return try FileIO.hash(file, path) { _ in } == digest
  }

  func signed(by key: SignerKey) throws(NoteError) -> SignedNote {
    try SignedNote(signing: text, with: [key])
  }

  /// The manifest in a note that the log's key signed.
  /// - Returns: nil for a note without that signature, of another log, or of a form that is not known here.
  package init?(opening note: [UInt8], signedBy key: VerifierKey) {
    guard let note = try? SignedNote(note), (try? note.verify(with: [key])) != nil else { return nil }
    var lines = note.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    func value(_ name: String) -> String? {
      guard let line = lines.popFirst(), line.hasPrefix(name) else { return nil }
      return String(line.dropFirst(name.count))
    }
    guard let origin = value(Self.title), origin.utf8.elementsEqual(key.name.utf8), value("format ") == "1",
      let at = value("at ").flatMap({ Instant(rfc3339: $0) }), let size = value("size ").flatMap(UInt64.init),
      let root = value("root ").flatMap({ Digest32(base64: $0) }),
      let digest = value("sha256 ").flatMap({ Digest32(base64: $0) }),
      let bytes = value("bytes ").flatMap(Int.init), let version = value("version "),
      let masterKey = value("master-key ")
    else { return nil }
    self.init(
      origin: origin, at: at, head: TreeHead(size: size, root: root), digest: digest, bytes: bytes,
      version: version, masterKey: masterKey)
  }
}
