import Glibc
import StationCrypto
import StationKit
import StationPluginWire

/// Whether a program may be started as a plugin, and what it is.
package enum PluginTrust {
  /// Files and folders in a program's folder that are looked at; more are refused.
  package static let entries = 20_000

  /// The program's digest, in hexadecimal.
  ///
  /// - Parameter strictly: it, every folder above it and all that is in its own folder must be root's and nobody
  ///   else's to write: a program loads what lies beside it.
  /// - Throws: ``ManifestError`` saying which path is at fault.
  package static func digest(of program: String, strictly: Bool) throws(ManifestError) -> String {
    guard program.utf8.first == UInt8(ascii: "/") else {
      throw ManifestError("\(program) is not an absolute path")
    }
    guard let resolved = realpath(program, nil) else { throw ManifestError("\(program): \(reason())") }
    defer { free(resolved) }
    let path = String(cString: resolved)
    if strictly {
      // It is looked for beside the link as well as beside what that leads to.
      for way in [program, path] {
        _ = try TrustedPath(way)
        try requireFolder(TrustedPath.folder(of: way))
      }
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

  /// All that is in the folder, however deep, and all that links in it lead to.
  private static func requireFolder(_ folder: String) throws(ManifestError) {
    var waiting = [folder]
    var seen: Set<String> = []
    var left = entries
    while let place = waiting.popLast() {
      guard let way = try TrustedPath(place), way.isFolder, seen.insert(way.end).inserted else { continue }
      for name in try names(in: way.end) {
        left -= 1
        guard left >= 0 else {
          throw ManifestError("\(folder) holds over \(entries) files: give the plugin a folder of its own")
        }
        let path = TrustedPath.joined(way.end, name)
        switch try TrustedPath.Entry(at: path) {
        case .folder?, .link?: waiting.append(path)
        case .other?, nil: break
        }
      }
    }
  }

  /// None of a folder that nobody but root can read: the plugin loads nothing of it either.
  private static func names(in folder: String) throws(ManifestError) -> [String] {
    guard let stream = opendir(folder) else {
      guard errno != EACCES else { return [] }
      throw ManifestError("\(folder): \(reason())")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while names.count <= entries, let entry = readdir(stream) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw ManifestError("\(folder) holds a name that is not UTF-8")
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
