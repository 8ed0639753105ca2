import Glibc
import StationCrypto

/// The key that wraps the keys of subjects, from a file of its own.
package final class MasterKey: Sendable {
  /// The first 8 bytes of a digest of the key: it tells which key wrapped what, and nothing of the key.
  package let id: UInt64
  let key: SecretKey

  init(_ key: SecretKey) {
    self.key = key
    id = key.withUnsafeBytes { key in
      var hash = SHA256()
      hash.update(Array("stationd master key id\0".utf8))
      hash.update(key)
      return hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).bigEndian }
    }
  }

  /// The id as 16 hexadecimal digits, for people.
  package var name: String { Self.name(id) }

  package static func name(_ id: UInt64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  // MARK: - Its file

  private static let header = "stationd-master-key-1 "

  /// Writes a new random key to a file that is not there yet, readable by this user alone.
  /// - Throws: ``StoreError`` when there is a file already.
  @discardableResult
  package static func create(_ path: String) throws -> MasterKey {
    guard access(path, F_OK) != 0 else { throw StoreError("\(path) exists already: it is not replaced") }
    let key = try SecretKey.random()
    var text = Array(header.utf8)
    text.append(contentsOf: key.withUnsafeBytes { Base64.encode($0) }.utf8)
    text.append(UInt8(ascii: "\n"))
    defer { text.withUnsafeMutableBytes { SecretKey.wipe($0) } }
    try FileIO.create(path, text, mode: 0o600)
    return MasterKey(key)
  }

  /// Reads a key.
  /// - Parameter isCredential: the service manager keeps it for this service alone; its owner is root and its
  ///   group bits are an access list's mask.
  /// - Throws: ``StoreError`` when there is none, others may read it, or it does not hold a key.
  package static func load(_ path: String, isCredential: Bool = false) throws -> MasterKey {
    guard let key = try loadIfPresent(path, isCredential: isCredential) else {
      throw StoreError("there is no master key in \(path)")
    }
    return key
  }

  /// - Parameter anyOwner: for who looks at the key of another user.
  package static func loadIfPresent(
    _ path: String, isCredential: Bool = false, anyOwner: Bool = false
  ) throws -> MasterKey? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (isCredential ? 0 : O_NOFOLLOW))
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreError("the master key cannot be read: \(FileError(path).description)")
    }
    defer { close(file) }
    try requirePrivate(file, path, isCredential, anyOwner)
    var text = [UInt8](repeating: 0, count: 256)
    defer { text.withUnsafeMutableBytes { SecretKey.wipe($0) } }
    let count = read(file, &text, text.count)
    guard count >= 0 else {
      throw StoreError("the master key cannot be read: \(FileError(path).description)")
    }
    let line = text[..<count].prefix { $0 != UInt8(ascii: "\n") }
    guard line.starts(with: header.utf8), count <= line.count + 1,
      var bytes = Base64.decode(String(decoding: line.dropFirst(header.utf8.count), as: UTF8.self)),
      bytes.count == SecretKey.byteCount
    else {
      throw StoreError("\(path) does not hold a master key; 'stationctl key new FILE' makes one")
    }
    defer { bytes.withUnsafeMutableBytes { SecretKey.wipe($0) } }
    return MasterKey(try bytes.withUnsafeBytes { try SecretKey($0) })
  }

  private static func requirePrivate(
    _ file: Int32, _ path: String, _ isCredential: Bool, _ anyOwner: Bool
  ) throws {
    var about = stat()
    guard fstat(file, &about) == 0 else { throw FileError(path) }
    guard about.st_mode & S_IFMT == S_IFREG else { throw StoreError("\(path) is not a regular file") }
    let mode = String(about.st_mode & 0o777, radix: 8)
    if isCredential {
      guard about.st_mode & 0o007 == 0 else {
        throw StoreError("\(path) is open to everybody (mode \(mode))")
      }
      return
    }
    guard about.st_uid == geteuid() || anyOwner else {
      throw StoreError(
        "\(path) belongs to uid \(about.st_uid), and must belong to the daemon's user, uid \(geteuid()): chown it"
      )
    }
    guard about.st_mode & 0o077 == 0 else {
      throw StoreError("\(path) has mode \(mode), and must be for its owner alone: chmod 600 \(path)")
    }
  }
}
