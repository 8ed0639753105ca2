import Glibc
import StationPluginWire

/// Where a path leads when nobody but root can make it lead elsewhere: whatever is on the way, links and the folders
/// that they lead through included, is root's and nobody else's to write.
struct TrustedPath {
  /// What is at one path, itself root's and nobody else's to write.
  enum Entry {
    case folder, link, other

    /// nil where nothing is there.
    ///
    /// - Throws: ``ManifestError`` saying what is wrong with it.
    init?(at path: String) throws(ManifestError) {
      var info = stat()
      guard lstat(path, &info) == 0 else {
        guard errno != ENOENT else { return nil }
        throw ManifestError("\(path): \(String(cString: strerror(errno)))")
      }
      switch info.st_mode & S_IFMT {
      case S_IFDIR: self = .folder
      case S_IFLNK: self = .link
      default: self = .other
      }
      guard info.st_uid == 0 else { throw ManifestError("\(path) must be owned by root") }
      guard self == .link || info.st_mode & 0o022 == 0 else {
        throw ManifestError("\(path) must not be writable by its group or others")
      }
    }
  }

  /// Links followed on one way; the kernel follows no more either.
  static let links = 40

  /// Where it ends, without links in it.
  let end: String
  let isFolder: Bool

  /// nil where nothing is there, which root alone can change.
  ///
  /// - Throws: ``ManifestError`` saying which path is at fault.
  init?(_ path: String) throws(ManifestError) {
    var (place, entry) = ("/", try Entry(at: "/"))
    // Components still to go, the next one last.
    var rest = Self.components(path)
    var links = 0
    while let name = rest.popLast() {
      guard name != "." else { continue }
      let next = name == ".." ? Self.folder(of: place) : Self.joined(place, String(name))
      guard let found = try Entry(at: next) else { return nil }
      guard found == .link else {
        (place, entry) = (next, found)
        continue
      }
      links += 1
      guard links <= Self.links else { throw ManifestError("\(path): too many links") }
      let target = try Self.target(of: next)
      if target.utf8.first == UInt8(ascii: "/") { place = "/" }
      rest += Self.components(target)
    }
    (end, isFolder) = (place, entry == .folder)
  }

  static func joined(_ folder: String, _ name: String) -> String {
    folder == "/" ? "/\(name)" : "\(folder)/\(name)"
  }

  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func components(_ path: String) -> [Substring] { path.split(separator: "/").reversed() }

  private static func target(of link: String) throws(ManifestError) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &bytes, bytes.count)
    guard count > 0 else { throw ManifestError("\(link): \(String(cString: strerror(errno)))") }
    guard let target = String(validating: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) else {
      throw ManifestError("\(link) leads to a name that is not UTF-8")
    }
    return target
  }
}
