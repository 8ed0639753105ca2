import Glibc

/// Secrets that the service manager hands over in files (`LoadCredential=`, systemd.exec(5)).
package enum Credentials {
  /// The path of a credential; nil where there is none of that name.
  /// - Parameter directory: `CREDENTIALS_DIRECTORY`; a relative one is not the service manager's.
  package static func path(
    _ name: String, directory: String? = getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
  ) -> String? {
    guard let directory, directory.utf8.first == UInt8(ascii: "/") else { return nil }
    let path = directory + "/" + name
    return access(path, F_OK) == 0 ? path : nil
  }
}
