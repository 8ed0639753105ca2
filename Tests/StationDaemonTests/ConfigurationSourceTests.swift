import Logging
import StationDaemon
import Testing

@Suite struct ConfigurationSourceTests {
  private static func entries(more: String) throws -> [String: KeyTrace.Entry] {
    let files = try Files.good(more: more)
    let trace = try DaemonConfiguration.load(files.file("stationd.yaml")).trace
    return trace.entries.reduce(into: [:]) { $0[$1.key] = $1 }
  }

  @Test func `each key is told with its value and where that came from`() throws {
    let entries = try Self.entries(more: "limits: {depth: 5}\nio_threads: 3\nlog_level: debug")
    #expect(entries["limits.depth"]?.value == "5" && entries["limits.depth"]?.line == 7)
    #expect(entries["io_threads"]?.value == "3" && entries["io_threads"]?.line == 8)
    #expect(entries["log_level"]?.value == "debug" && entries["log_level"]?.line == 9)
    #expect(entries["limits.batch_length"]?.value == "100" && entries["limits.batch_length"]?.line == nil)
    #expect(entries["io_threads"]?.takes == "a whole number from 1 to 16")
    #expect(
      entries["state"]?.value == "/var/lib/stationd" && entries["modules.support.enabled"]?.value == "true")
    #expect(entries["sockets.auditor.path"]?.line == nil)
  }

  @Test func `each value is told as it holds`() throws {
    let entries = try Self.entries(more: "state: var\nsockets: {auditor: {path: a.sock}}")
    #expect(entries["access"]?.value.hasSuffix("/access.yaml") == true)
    #expect(entries["access"]?.value.hasPrefix("/") == true && entries["access"]?.line == 2)
    #expect(entries["state"]?.value.hasSuffix("/var") == true && entries["state"]?.line == 7)
    #expect(entries["sockets.auditor.path"]?.value.hasSuffix("/a.sock") == true)
    #expect(entries["master_key"]?.value.hasSuffix("/master.key") == true)
    #expect(entries["master_key"]?.line == nil && entries["master_key"]?.source != nil)
  }

  @Test func `plugins are told as far as there are any`() throws {
    let none = try Self.entries(more: "")
    #expect(none.keys.allSatisfy { !$0.hasPrefix("plugins.") })
    let entries = try Self.entries(
      more: "plugins:\n  mail: {program: mail.py, environment: {TOKEN: hushed}, limits: {nice: 3}}")
    #expect(entries["plugins.mail.program"]?.value.hasSuffix("/mail.py") == true)
    #expect(entries["plugins.mail.program"]?.line == 8)
    #expect(entries["plugins.mail.limits.nice"]?.value == "3")
    #expect(entries["plugins.mail.environment"]?.value == "TOKEN")
    #expect(entries.values.allSatisfy { !$0.value.contains("hushed") })
  }

  @Test func `the development profile tells what it sets`() throws {
    let trace = try DaemonConfiguration.development(directory: "/nowhere/dev").trace
    #expect(trace.entry("socket")?.value == "/nowhere/dev/stationd.sock")
    #expect(trace.entry("socket_mode")?.value == "0600")
    #expect(trace.entries.allSatisfy { $0.source == "development profile" && $0.line == nil })
  }

  @Test func `what else a file may say`() throws {
    let files = try Files.good(
      more: """
        sockets: {auditor: {path: a.sock, mode: "0600"}, administrator: {path: /x/b.sock}}
        log_level: warning
        log_calls: failures
        drain_seconds: 0
        """)
    let configuration = try DaemonConfiguration.load(files.file("stationd.yaml"))
    #expect(configuration.sockets.map(\.path) == [files.file("a.sock"), "/x/b.sock"])
    #expect(configuration.sockets.map(\.mode) == [0o600, 0o660])
    #expect(configuration.sockets.map(\.socketClass) == [.auditor, .administrator])
    #expect(configuration.logLevel == .warning && configuration.logCalls == .failures)
    #expect(configuration.drainSeconds == 0)
  }

  @Test(arguments: [
    ("sockets: {member: {path: a}}", "'sockets.member'"), ("sockets: {auditor: {mod: a}}", "'mode'"),
    ("sockets: {auditor: {path: a, mode: rw}}", "'sockets.auditor.mode'"),
    ("log_level: loud", "trace, debug"),
    ("log_calls: some", "all, failures, none"), ("drain_seconds: -1", "0 to 3600"),
  ])
  func `mistakes in these are named`(more: String, says: String) throws {
    let problem = try #require(try Files.good(more: more).problem(), "\(more) was accepted")
    #expect(problem.contains("stationd.yaml:7: ") && problem.contains(says), "\(problem)")
  }

  @Test func `the host's name stands for itself in the log's name`() throws {
    let files = try Files.good()
    try files.write(
      "stationd.yaml", "origin: \"%H/audit\"\naccess: access.yaml\ncalendars: \(Files.root)/etc/calendar\n")
    let configuration = try DaemonConfiguration.load(files.file("stationd.yaml"))
    let origin = configuration.origin
    #expect(configuration.trace.entry("origin")?.value == origin)
    #expect(!origin.contains("%") && origin.hasSuffix("/audit") && origin.count > 6)
  }

  @Test(arguments: [
    ("class: visitor", "member, auditor, administrator"), ("clas: auditor", "did you mean 'class'"),
  ])
  func `a role's class is one of three`(more: String, says: String) throws {
    let problem = try Files.good(access: "roles:\n  a:\n    methods: \"*\"\n    \(more)\n").problem()
    #expect(problem?.contains("access.yaml:4: ") == true && problem?.contains(says) == true)
  }

  @Test func `the daemon's own role cannot be declared`() throws {
    let problem = try Files.good(access: "roles:\n  daemon: {methods: \"*\"}\n").problem()
    #expect(problem?.contains("access.yaml:2: ") == true && problem?.contains("daemon's own") == true)
  }
}
