import CStationSpawn
import Glibc
import StationPluginWire

/// How a plugin's program is started, by the daemon and by who checks it: in its own folder and its own group, with
/// nothing of this environment, no descriptors but these, and the limits set.
package struct PluginSpawn {
  /// The program, as an absolute path.
  package let program: String
  package let arguments: [String]
  /// `NAME=VALUE` each, beside PATH and LANG.
  package let environment: [String]
  /// nil for this process's own.
  package let user: PluginSettings.User?
  package let limits: PluginLimits

  package init(
    program: String, arguments: [String], environment: [String], user: PluginSettings.User? = nil,
    limits: PluginLimits
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.user = user
    self.limits = limits
  }

  private var folder: String {
    guard let slash = program.lastIndex(of: "/") else { return "." }
    return slash == program.startIndex ? "/" : String(program[..<slash])
  }

  /// Starts it. The descriptors are the program's ends; they stay the caller's to close, as the pidfd is.
  /// - Throws: ``ManifestError`` saying at which step it could not be started, and why.
  package func start(
    channel: Int32, output: Int32, errors: Int32
  ) throws(ManifestError) -> (pid: pid_t, pidfd: Int32) {
    let variables = ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"] + environment
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let environment = variables.map { strdup($0) } + [nil]
    let directory = strdup(folder)
    defer { for text in words + environment + [directory] { free(text) } }
    var pid: pid_t = 0
    var pidfd: Int32 = -1
    var stage: UnsafePointer<CChar>?
    let code = words.withUnsafeBufferPointer { words in
      environment.withUnsafeBufferPointer { environment in
        var spawn = station_spawn()
        spawn.program = words.first.flatMap { $0 }.map { UnsafePointer($0) }
        spawn.directory = directory.map { UnsafePointer($0) }
        spawn.arguments = words.baseAddress
        spawn.environment = environment.baseAddress
        (spawn.channel, spawn.output, spawn.errors) = (channel, output, errors)
        if let user { (spawn.changes_user, spawn.uid, spawn.gid) = (1, user.uid, user.gid) }
        spawn.memory_bytes = UInt64(limits.memoryMiB) << 20
        spawn.descriptors = UInt64(limits.descriptors)
        spawn.file_bytes = UInt64(limits.fileMiB) << 20
        spawn.processes = Int64(limits.processes)
        spawn.nice = Int32(limits.nice)
        return station_spawn(&spawn, &pid, &pidfd, &stage)
      }
    }
    guard code == 0 else {
      let name = stage.map { String(cString: $0) } ?? "?"
      throw ManifestError("cannot be started (\(name)): \(String(cString: strerror(code)))")
    }
    return (pid, pidfd)
  }
}
