import Glibc
import StationKit

/// A file whose permissions matter.
struct ProtectedFile: Sendable {
  enum Rule: Sendable {
    /// For the daemon's user alone.
    case secret
    /// Not to be changed by anyone but its owner.
    case settled
  }

  let path: String
  let rule: Rule

  /// What is wrong; nil where it is as it must be, or not there.
  var fault: Finding? {
    var about = stat()
    guard stat(path, &about) == 0 else { return nil }
    let mode = String(about.st_mode & 0o7777, radix: 8)
    switch rule {
    case .secret:
      let wanted = about.st_mode & S_IFMT == S_IFDIR ? "700" : "600"
      guard about.st_mode & 0o077 != 0 || about.st_uid != geteuid() else { return nil }
      return Finding(
        "files", .fail,
        Text(
          "\(path) has mode \(mode) and owner \(about.st_uid)", zh: "\(path) 权限 \(mode)，属主 \(about.st_uid)"),
        advice: Text(
          "chown \(geteuid()) \(path); chmod \(wanted) \(path)",
          zh: "chown \(geteuid()) \(path); chmod \(wanted) \(path)"))
    case .settled:
      guard about.st_mode & 0o022 != 0 else { return nil }
      return Finding(
        "files", .fail,
        Text("\(path) can be changed by others (mode \(mode))", zh: "\(path) 可被他人修改（权限 \(mode)）"),
        advice: Text("chmod go-w \(path)", zh: "chmod go-w \(path)"))
    }
  }
}
