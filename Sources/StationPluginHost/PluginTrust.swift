import Glibc
import StationCrypto
import StationKit
import StationPluginWire

/// Whether a program may be started as a plugin, and what it is.
package enum PluginTrust {
  /// The program's digest, in hexadecimal.
  ///
  /// - Parameter strictly: it and every folder above it must be root's and nobody else's to write.
  /// - Throws: ``ManifestError`` saying which path is at fault.
  package static func digest(of program: String, strictly: Bool) throws(ManifestError) -> String {
    guard program.utf8.first == UInt8(ascii: "/") else {
      throw ManifestError("\(program) is not an absolute path")
    }
    guard let resolved = realpath(program, nil) else { throw ManifestError("\(program): \(reason())") }
    defer { free(resolved) }
    let path = String(cString: resolved)
    if strictly {
      try requireRoots(program)
      try requireRoots(path)
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ManifestError("\(path): \(reason())") }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      throw ManifestError("\(path) is not a file")
    }
    guard access(path, X_OK) == 0 else { throw ManifestError("\(path) is not executable") }
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw ManifestError("\(path): \(reason())") }
      guard count > 0 else { break }
      hash.update(Array(buffer[..<count]))
    }
    return Hex.encode(hash.finalize().bytes)
  }

  /// The path itself and all folders above it.
  private static func requireRoots(_ path: String) throws(ManifestError) {
    var place = path
    while true {
      var info = stat()
      guard lstat(place, &info) == 0 else { throw ManifestError("\(place): \(reason())") }
      guard info.st_uid == 0 else { throw ManifestError("\(place) must be owned by root") }
      let isLink = info.st_mode & S_IFMT == S_IFLNK
      guard isLink || info.st_mode & 0o022 == 0 else {
        throw ManifestError("\(place) must not be writable by its group or others")
      }
      guard place != "/", let slash = place.lastIndex(of: "/") else { return }
      place = slash == place.startIndex ? "/" : String(place[..<slash])
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
