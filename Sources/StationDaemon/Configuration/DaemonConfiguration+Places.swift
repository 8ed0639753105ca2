import Foundation
import Glibc
import StationTransport

/// What the configuration names outside of itself: mistakes there are told with the line of the key that names it.
extension DaemonConfiguration {
  /// - Throws: ``ConfigurationError`` where a daemon with this configuration could not start.
  func checkPlaces() throws {
    for (key, path) in named where access(path, R_OK) != 0 {
      throw wrong(key, "\(path): cannot be read (is it there, and readable for this user?)")
    }
    try checkSockets()
    try checkMasterKey()
  }

  /// A mistake in what a key names.
  func wrong(_ key: String, _ what: String) -> ConfigurationError {
    ConfigurationError(file ?? "the development profile", trace.entry(key)?.line, "'\(key)': \(what)")
  }

  /// Files and folders that are read.
  private var named: [(key: String, path: String)] {
    let data = BuiltInModule.allCases.compactMap { module in
      modules[module].map { ("modules.\(module.rawValue).\(module.dataKey)", $0) }
    }
    let others = [
      ("access", accessFile), ("calendars", calendarDirectory), ("directory", directoryFile),
    ]
    return others.compactMap { key, path in path.map { (key, $0) } } + data
  }

  /// Sockets that the daemon makes itself, each with the key that names it.
  var ownSockets: [(key: String, socket: Socket)] {
    let main = Socket(
      path: socketPath, mode: socketMode, socketClass: development ? nil : .member)
    return [("socket", main)]
      + sockets.map { ("sockets.\($0.socketClass?.rawValue ?? "").path", $0) }
  }

  private func checkSockets() throws {
    var taken: [String: String] = [:]
    for (key, socket) in ownSockets {
      do {
        try ListeningSocket.withAddress(of: socket.path) { _, _ in }
      } catch {
        throw wrong(key, "\(socket.path): \(error.explanation)")
      }
      let path = (socket.path as NSString).standardizingPath
      if let other = taken.updateValue(key, forKey: path) {
        throw wrong(key, "\(socket.path): is the path of '\(other)' already")
      }
      // Below /run the service manager makes folders when the service starts.
      let folder = (path as NSString).deletingLastPathComponent
      guard trace.entry(key)?.line != nil, !path.hasPrefix("/run/") else { continue }
      guard access(folder, F_OK) == 0 || errno != ENOENT else {
        throw wrong(key, "\(socket.path): its folder does not exist")
      }
    }
  }

  /// A state that is not there yet cannot be begun without the key that the file names. Whether one that is there opens
  /// with it, its database tells.
  private func checkMasterKey() throws {
    func isMissing(_ path: String) -> Bool { access(path, F_OK) != 0 && errno == ENOENT }
    guard trace.entry("master_key")?.line != nil, isMissing(masterKey.path),
      isMissing(stateDirectory + "/stationd.db")
    else { return }
    throw wrong(
      "master_key", "there is no master key in \(masterKey.path); 'stationctl key new FILE' makes one")
  }
}

extension ListeningSocket.Failure {
  /// What an administrator is told after the path.
  var explanation: String {
    switch self {
    case .pathTooLong: "a socket's path has at most 107 bytes"
    case .inUse: "another process answers there"
    case .notASocket: "is there, and is no socket"
    case .system(let error): error.description
    }
  }
}
