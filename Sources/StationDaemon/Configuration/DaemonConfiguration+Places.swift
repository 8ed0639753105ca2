import Foundation
import Glibc
import StationKit
import StationPluginHost
import StationStore
import StationSystemd
import StationTransport

/// What the configuration names outside of itself: mistakes there are told with the line of the key that names it.
extension DaemonConfiguration {
  /// - Throws: ``ConfigurationError`` where a daemon with this configuration could not start.
  func checkPlaces() throws {
    for (key, path) in named {
      guard access(path, R_OK) == 0 else {
        throw wrong(key, "\(path): cannot be read (is it there, and readable for this user?)")
      }
      let wantsFolder = key == "calendars"
      guard Self.isFolder(path) == wantsFolder else {
        throw wrong(key, "\(path): is \(wantsFolder ? "no" : "a") directory")
      }
    }
    try checkState()
    try checkSockets()
    try checkMasterKey()
    if let metricsFile, let why = MetricsFile.refusal(metricsFile) {
      throw wrong("metrics", "\(metricsFile): \(why)")
    }
  }

  /// A mistake in what a key names.
  func wrong(_ key: String, _ what: String) -> ConfigurationError {
    ConfigurationError(file ?? "the development profile", trace.entry(key)?.line, "'\(key)': \(what)")
  }

  /// A line where the state's log has another name than the file gives: its name is that of its key and stays.
  func doubt(keptOrigin kept: String?) -> String? {
    guard let kept, kept != origin else { return nil }
    return doubt("origin", "the log of this state has the name '\(kept)' and keeps it")
  }

  /// A line where more connections are allowed than the process may have descriptors.
  var doubtOfConnections: String? {
    guard let (needed, granted) = DescriptorLimit.shortage(connections: ownSockets.count * limits.connections)
    else { return nil }
    return doubt(
      "limits.connections",
      "\(ownSockets.count) sockets with \(limits.connections) connections need \(needed) file descriptors, and the"
        + " process may have \(granted) (LimitNOFILE=, ulimit -Hn)")
  }

  /// A line where a plugin that is to be started cannot be: for its program, or because it may be granted what no
  /// module can call. The daemon starts without it.
  func doubt(of plugin: PluginSettings, _ registry: Registry) -> String? {
    guard plugin.fault == nil, plugin.isEnabled else { return nil }
    let forPeople = plugin.grants.calls.keys.sorted().first {
      registry.methods[$0]?.declaration.answersPeopleOnly ?? false
    }
    if let forPeople {
      return doubt(
        "plugins.\(plugin.name).grants",
        "'\(forPeople)' answers people only: a plugin that calls it is refused")
    }
    var about = stat()
    let why: String
    if stat(plugin.program, &about) != 0 {
      why = String(cString: strerror(errno))
    } else if about.st_mode & S_IFMT != S_IFREG {
      why = "is no file"
    } else if access(plugin.program, X_OK) != 0 {
      why = "is not executable"
    } else {
      return nil
    }
    return doubt("plugins.\(plugin.name).program", "\(plugin.program): \(why): the plugin is not started")
  }

  private func doubt(_ key: String, _ what: String) -> String {
    let place = trace.entry(key)?.line.map { "\(file ?? ""):\($0)" } ?? file ?? "the development profile"
    return "\(place): warning: '\(key)': \(what)"
  }

  /// Whether the state has begun.
  private var hasState: Bool { access(stateDirectory + "/stationd.db", F_OK) == 0 }

  /// The organisation that a new state begins with.
  /// - Returns: what is wrong with its file in its place, where there is a state, which does not read it any more.
  func organisation(_ registry: Registry) throws -> (value: Organisation?, doubt: String?) {
    guard let directoryFile else { return (nil, nil) }
    do {
      return (try Organisation(directoryFile, registry), nil)
    } catch let error as ConfigurationError where hasState {
      return (nil, error.warning)
    }
  }

  /// Files and folders that are read.
  private var named: [(key: String, path: String)] {
    let data = BuiltInModule.allCases.compactMap { module in
      modules[module].map { ("modules.\(module.rawValue).\(module.dataKey)", $0) }
    }
    let others = [
      ("access", accessFile), ("calendars", calendarDirectory), ("directory", hasState ? nil : directoryFile),
    ]
    return others.compactMap { key, path in path.map { (key, $0) } } + data
  }

  /// Where the store lives and how it is run.
  var storeConfiguration: StoreConfiguration {
    var store = StoreConfiguration(
      directory: stateDirectory, origin: origin, readerThreads: readerThreads, queueLimit: limits.writeQueue,
      synchronous: synchronous)
    store.masterKey = masterKey
    store.keyFile = Credentials.path("audit.key")
    return store
  }

  /// Sockets that the daemon makes itself, each with the key that names it.
  var ownSockets: [(key: String, socket: Socket)] {
    let main = Socket(
      path: socketPath, mode: socketMode, socketClass: development ? nil : .member)
    return [("socket", main)]
      + sockets.map { ("sockets.\($0.socketClass?.rawValue ?? "").path", $0) }
  }

  /// nil where nothing is there.
  private static func isFolder(_ path: String) -> Bool? {
    var about = stat()
    return stat(path, &about) == 0 ? about.st_mode & S_IFMT == S_IFDIR : nil
  }

  /// The folder that a path is in. Foundation's own way to it traps on a path of one character.
  private static func folder(of path: String) -> String {
    var rest = absolute(path)[...]
    while rest.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    guard let slash = rest.lastIndex(of: "/"), slash != rest.startIndex else { return "/" }
    return String(rest[..<slash])
  }

  /// Whether a folder is not there yet that the service manager makes when the service starts.
  private static func isMadeForService(_ folder: String) -> Bool {
    folder.hasPrefix("/run/") && access(folder, F_OK) != 0
  }

  /// Folders that the start makes where they are not there.
  private func checkState() throws {
    let places =
      [("state", stateDirectory)] + (spool.map { [("modules.stoploss.spool", $0.directory)] } ?? [])
    for (key, path) in places where Self.isFolder(path) == false {
      throw wrong(key, "\(path): is no directory")
    }
    let folder = Self.folder(of: stateDirectory)
    guard trace.entry("state")?.line != nil, Self.isFolder(stateDirectory) == nil,
      Self.isFolder(folder) != true
    else { return }
    throw wrong("state", "\(stateDirectory): its folder does not exist")
  }

  /// A line where the folder of the calendars has none: every term is provisional then.
  func doubtOfCalendars() throws -> String? {
    guard try CalendarFiles.names(in: calendarDirectory).isEmpty else { return nil }
    return doubt("calendars", "\(calendarDirectory): has no calendar; that of 2026 is named 2026.json")
  }

  /// A line where the metrics cannot be written as things stand: the daemon serves without them.
  var doubtOfMetrics: String? {
    guard let metricsFile else { return nil }
    let folder = Self.folder(of: metricsFile)
    guard Self.isFolder(folder) == true else {
      if Self.isMadeForService(folder) { return nil }
      return doubt("metrics", "\(metricsFile): its folder does not exist")
    }
    // Who checks for the daemon's user, to whom the state belongs, cannot tell where that one may write.
    var state = stat()
    guard stat(stateDirectory, &state) != 0 || state.st_uid == geteuid(), access(folder, W_OK | X_OK) != 0
    else { return nil }
    let why = String(cString: strerror(errno))
    return doubt("metrics", "\(metricsFile): this user cannot write into its folder: \(why)")
  }

  /// - Throws: ``ConfigurationError`` where somebody else has a path that the daemon is to listen on. Not for
  ///   `--check-config`: a daemon that runs has its own.
  func requireFreeSockets() throws {
    for (key, socket) in ownSockets {
      do {
        try ListeningSocket.requireFree(socket.path)
      } catch {
        throw wrong(key, "\(socket.path): \(error.explanation)")
      }
    }
  }

  private func checkSockets() throws {
    var taken: [String: String] = [:]
    for (key, socket) in ownSockets {
      do {
        try ListeningSocket.withAddress(of: socket.path) { _, _ in }
      } catch {
        throw wrong(key, "\(socket.path): \(error.explanation)")
      }
      var path = (socket.path as NSString).standardizingPath
      let folder = Self.folder(of: path)
      path = ((folder as NSString).resolvingSymlinksInPath as NSString)
        .appendingPathComponent((path as NSString).lastPathComponent)
      if let other = taken.updateValue(key, forKey: path) {
        throw wrong(key, "\(socket.path): is the path of '\(other)' already")
      }
      var about = stat()
      if lstat(path, &about) == 0, about.st_mode & S_IFMT != S_IFSOCK {
        throw wrong(key, "\(socket.path): \(ListeningSocket.Failure.notASocket.explanation)")
      }
      guard trace.entry(key)?.line != nil, !Self.isMadeForService(folder) else { continue }
      guard access(folder, F_OK) == 0 || errno != ENOENT else {
        throw wrong(key, "\(socket.path): its folder does not exist")
      }
    }
  }

  /// A state that is not there yet cannot be begun without the key that the file names. Whether one that is there opens
  /// with it, its database tells.
  private func checkMasterKey() throws {
    for (key, path, isCredential) in [
      ("master_key", masterKey.path, masterKey.isCredential),
      ("master_key_next", masterKey.nextPath, masterKey.isNextCredential),
    ] {
      guard let path else { continue }
      do {
        // Who checks as root may check for the daemon's user; the start asks for the owner in any case.
        _ = try MasterKey.loadIfPresent(path, isCredential: isCredential, anyOwner: geteuid() == 0)
      } catch {
        throw wrong(key, "\(error)")
      }
    }
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
