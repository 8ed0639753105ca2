import Foundation
import StationDaemon
import Testing

@Suite struct ConfigurationTests {
  @Test func `a good configuration is taken, its defaults filled in`() throws {
    let files = try Files.good()
    #expect(files.problem() == nil)
    let configuration = try DaemonConfiguration.load(files.file("stationd.yaml"))
    #expect(configuration.origin == "station.example/audit")
    #expect(configuration.accessFile == files.file("access.yaml"))
    #expect(configuration.socketPath == "/run/stationd/stationd.sock" && configuration.socketMode == 0o660)
    #expect(configuration.stateDirectory == "/var/lib/stationd")
    #expect(configuration.synchronous == "FULL" && !configuration.development)
    #expect(configuration.limits.frameBytes == 1 << 20)
  }

  @Test func `relative names are relative to the file`() throws {
    let files = try Files.good(more: "state: var\nsocket: run/s.sock\n")
    let configuration = try DaemonConfiguration.load(files.file("stationd.yaml"))
    #expect(configuration.stateDirectory == files.file("var"))
    #expect(configuration.socketPath == files.file("run/s.sock"))
  }

  @Test func `every bound can be set`() throws {
    let files = try Files.good(
      more: """
        limits: {frame_bytes: 1024, depth: 4, batch_length: 1, answer_bytes: 4096, in_flight_per_connection: 2,
          subscriptions_per_connection: 3, connections_per_uid: 4, connections: 5, outbound_bytes: 8192, write_queue: 6}
        """)
    let limits = try DaemonConfiguration.load(files.file("stationd.yaml")).limits
    #expect(limits.frameBytes == 1024 && limits.depth == 4 && limits.batchLength == 1)
    #expect(limits.answerBytes == 4096 && limits.inFlightPerConnection == 2)
    #expect(
      limits.subscriptionsPerConnection == 3 && limits.connectionsPerUID == 4 && limits.connections == 5)
    #expect(limits.outboundBytes == 8192 && limits.writeQueue == 6)
  }

  /// Lines 1 to 6 are the good part; what is added starts on line 7.
  static let wrong: [(more: String, says: [String])] = [
    ("acess: x.yaml", ["stationd.yaml:7: ", "'acess'", "did you mean 'access'"]),
    ("\n\nlimits:\n  frame_byte: 1024", ["stationd.yaml:10: ", "'limits.frame_byte'", "'frame_bytes'"]),
    ("limits: {depth: 3}", ["stationd.yaml:7: ", "'limits.depth'", "4 to 512"]),
    ("limits: {depth: many}", ["stationd.yaml:7: ", "'limits.depth'"]),
    ("limits: [1]", ["stationd.yaml:7: ", "'limits'", "mapping"]),
    ("io_threads: 0", ["stationd.yaml:7: ", "'io_threads'", "1 to 16"]),
    ("io_threads: 1.5", ["stationd.yaml:7: ", "'io_threads'"]),
    ("reader_threads: 99", ["stationd.yaml:7: ", "'reader_threads'"]),
    ("socket_mode: \"888\"", ["stationd.yaml:7: ", "'socket_mode'", "octal"]),
    ("socket_mode: \"7777\"", ["stationd.yaml:7: ", "'socket_mode'"]),
    ("framing: xml", ["stationd.yaml:7: ", "'framing'", "auto"]),
    ("zone_offset_minutes: 100000", ["stationd.yaml:7: ", "'zone_offset_minutes'"]),
    ("state: [a]", ["stationd.yaml:7: ", "'state'", "text"]),
    ("directory: {a: b}", ["stationd.yaml:7: ", "'directory'", "text"]),
    ("origin: other", ["stationd.yaml:7: ", "twice", "'origin'"]), ("a: [", ["stationd.yaml:"]),
    ("limits:\n  depth: 5\n  batch_length: 2\n  depth: 6", ["stationd.yaml:10: ", "twice", "'depth'"]),
    ("state:", ["stationd.yaml:7: ", "'state'", "empty"]),
    ("state: ~", ["stationd.yaml:7: ", "'state'", "empty"]),
    ("master_key: ''", ["stationd.yaml:7: ", "'master_key'", "empty"]),
    ("metrics: \"a\\0b\"", ["stationd.yaml:7: ", "'metrics'", "NUL"]),
    ("limits: {depth: 064}", ["stationd.yaml:7: ", "'limits.depth'", "4 to 512"]),
    ("state: access.yaml", ["stationd.yaml:7: ", "'state'", "is no directory"]),
    ("state: a/b", ["stationd.yaml:7: ", "'state'", "folder does not exist"]),
    ("socket: access.yaml", ["stationd.yaml:7: ", "'socket'", "is no socket"]),
    ("metrics: stationd.yaml", ["stationd.yaml:7: ", "'metrics'", "does not hold this daemon's metrics"]),
    ("state: access.yaml/b", ["stationd.yaml:7: ", "'state'", "folder does not exist"]),
    ("directory: .", ["stationd.yaml:7: ", "'directory'", "is a directory"]),
    ("master_key: access.yaml", ["stationd.yaml:7: ", "'master_key'", "must be for its owner alone"]),
    ("socket: nowhere/a.sock", ["stationd.yaml:7: ", "'socket'", "folder does not exist"]),
    (
      "socket: \(String(repeating: "x", count: 150))", ["stationd.yaml:7: ", "'socket'", "at most 107 bytes"]
    ),
    (
      "socket: a.sock\nsockets: {auditor: {path: ./a.sock}}",
      ["stationd.yaml:8: ", "'sockets.auditor.path'", "'socket' already"]
    ),
    ("state: new\nmaster_key: none", ["stationd.yaml:8: ", "'master_key'", "no master key in none"]),
    ("directory: none.json", ["stationd.yaml:7: ", "'directory'", "none.json: cannot be read"]),
    ("\ta: b", ["stationd.yaml:7"]),
  ]

  @Test(arguments: wrong.indices)
  func `a mistake is named with file, line and what was expected`(index: Int) throws {
    let (more, says) = Self.wrong[index]
    let problem = try #require(try Files.good(more: more).problem(), "\(more) was accepted")
    for part in says { #expect(problem.contains(part), "\(problem)") }
    #expect(!problem.contains("\n"), "\(problem)")
  }

  @Test(arguments: ["", "bad name+x"])
  func `a name that no key can have is no origin`(origin: String) throws {
    let files = try Files(["stationd.yaml": "access: a.yaml\norigin: \"\(origin)\"\n"])
    let problem = try #require(files.problem())
    #expect(problem.contains("stationd.yaml:2: 'origin' must be ") && problem.contains("not empty"))
  }

  @Test func `a module that needs one that is off is named at the place of that`() throws {
    let files = try Files.good()
    try files.configure(modules: "support: {enabled: false}")
    let problem = try #require(files.problem())
    #expect(problem.contains("stationd.yaml:5: 'modules.support.enabled'"), "\(problem)")
    #expect(problem.contains("'mediation' needs 'support'"), "\(problem)")
  }

  @Test func `what is near to no key is named without a guess`() throws {
    #expect(try Files.good(more: "foo: 1").problem() == "stationd.yaml:7: unknown key 'foo'")
  }

  @Test func `the key of a state that is there may be elsewhere`() throws {
    let files = try Files.good(more: "state: old\nmaster_key: none")
    try files.write("old/stationd.db", "")
    #expect(files.problem() == nil)
  }

  @Test func `an organisation's file is needed until there is a state`() throws {
    let files = try Files.good(more: "state: old\ndirectory: units.json")
    #expect(files.problem()?.hasPrefix("stationd.yaml:8: 'directory': units.json: cannot be read") == true)
    try files.write("old/stationd.db", "")
    #expect(try files.doubts().map { $0.prefix(36) } == ["units.json: warning: cannot be read "])
    try files.write("units.json", "{\n]")
    #expect(try files.doubts().map { $0.prefix(21) } == ["units.json:2: warning"])
  }

  @Test func `two sockets on one path are told apart by no link`() throws {
    let files = try Files.good(
      more: "state: s\nsocket: real/a.sock\nsockets: {auditor: {path: link/a.sock}}")
    try files.write("real/x", "")
    try FileManager.default.createSymbolicLink(
      atPath: files.file("link"), withDestinationPath: files.file("real"))
    let problem = try #require(files.problem())
    #expect(problem.contains("stationd.yaml:9: 'sockets.auditor.path'"), "\(problem)")
    #expect(problem.contains("is the path of 'socket' already"), "\(problem)")
  }

  @Test func `an origin has no scheme`() throws {
    let files = try Files(["stationd.yaml": "origin: https://a.example/audit\naccess: a.yaml"])
    #expect(files.problem()?.hasPrefix("stationd.yaml:1: 'origin' must be a URL without a scheme") == true)
  }

  @Test(arguments: ["origin", "access"])
  func `what is required and missing is named`(key: String) throws {
    let files = try Files(["stationd.yaml": key == "origin" ? "access: a.yaml" : "origin: a"])
    let problem = try #require(files.problem())
    #expect(problem.contains("'\(key)' is missing"))
  }

  @Test func `a file that is not there, or not text, is named`() throws {
    let files = try Files([:])
    #expect(files.problem()?.contains("stationd.yaml: cannot be read") == true)
    let other = try Files.good()
    try other.write(
      "stationd.yaml", "origin: a\naccess: nowhere.yaml\ncalendars: \(Files.root)/etc/calendar\n")
    #expect(other.problem()?.contains("stationd.yaml:2: 'access': nowhere.yaml: cannot be read") == true)
  }
}
