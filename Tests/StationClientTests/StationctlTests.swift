import Foundation
import Glibc
import StationClient
import StationJSON
import Testing

/// glibc 2.34 has it, Swift's overlay does not: the child keeps no descriptor of other tests.
@_silgen_name("posix_spawn_file_actions_addclosefrom_np")
private func closeFrom(_ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ first: Int32) -> Int32

/// The program itself, as a shell runs it, against a server in this process.
@Suite struct StationctlTests {
  private struct Run {
    let code: Int32
    let out: String
    let err: String
  }

  /// The program stands beside the tests.
  private static let program: String? = {
    let own =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    let folders = [own, CommandLine.arguments[0]].map { ($0 as NSString).deletingLastPathComponent }
    return folders.map { $0 + "/stationctl" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Not Foundation's `Process`: it walks `/proc/self/fd` and can crash while other tests hold thousands of
  /// descriptors.
  ///
  /// - Parameter file: where standard output goes, if not into what is answered.
  private func stationctl(
    _ words: [String], environment: [String: String] = [:], to file: String? = nil
  ) throws -> Run {
    let program = try #require(Self.program, "stationctl is not built")
    var (out, err): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    try #require(pipe(&out) == 0 && pipe(&err) == 0)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, out[1], 1)
    if let file { posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY, 0) }
    posix_spawn_file_actions_adddup2(&actions, err[1], 2)
    try #require(closeFrom(&actions, 3) == 0)
    let variables = ["LANG": "C"].merging(environment) { $1 }.map { "\($0)=\($1)" }
    var arguments = ([program] + words).map { strdup($0) } + [nil]
    var assignments = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + assignments { free(text) } }
    var child: pid_t = 0
    let spawned = posix_spawn(&child, program, &actions, nil, &arguments, &assignments)
    close(out[1])
    close(err[1])
    // Both are far shorter than a pipe's buffer.
    let outBytes = FileHandle(fileDescriptor: out[0], closeOnDealloc: true).readDataToEndOfFile()
    let errBytes = FileHandle(fileDescriptor: err[0], closeOnDealloc: true).readDataToEndOfFile()
    try #require(spawned == 0)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    return Run(
      code: code, out: String(decoding: outBytes, as: UTF8.self),
      err: String(decoding: errBytes, as: UTF8.self))
  }

  private static func server() -> FakeServer {
    FakeServer { request, _ in
      let method = request["method"]?.stringValue ?? ""
      switch method {
      case "rpc.discover":
        return [.send(result(request, (try? JSONParser.parse(Fixtures.document)) ?? .null))]
      case "echo", "support.open":
        return [.send(result(request, request["params"] ?? .null))]
      case "silent": return []
      case "support.list":
        let from = request["params"]?["cursor"]?.stringValue ?? "0"
        let next: JSONValue = from == "0" ? "2" : .null
        return [.send(result(request, ["items": [["id": .string("r" + from)]], "next": next]))]
      case "system.info": return [.send(result(request, ["version": "1"]))]
      case "system.health":
        return [.send(result(request, ["ok": false, "problems": [["part": "disk", "message": "full"]]]))]
      default:
        var answer = failure(method)
        answer["jsonrpc"] = "2.0"
        answer["id"] = request["id"] ?? .null
        return [.send(.object(answer))]
      }
    }
  }

  @Test(
    arguments: [
      (["call", "echo", "a=1"], 0), (["call", "conflict"], 1), (["call", "denied"], 4),
      (["call", "deadline_passed"], 5),
      (["call", "unavailable"], 6), (["call", "storage_full"], 6), (["call", "queue_full"], 6),
      (["call", "silent", "--timeout", "0.05"], 5), (["call"], 3), (["status", "--bogus"], 3),
      (["--bogus"], 3),
      (["--timeout", "0", "call", "echo"], 3), (["status"], 6), (["suport"], 3), (["support"], 3),
      (["support", "opne"], 3), (["support", "open", "5"], 3),
      (["support", "open", "5", "--station", "x"], 0),
      (["directory", "unit", "get", "x"], 3), (["--version"], 0), (["--help"], 0),
      (["support", "--help"], 0),
      (["support", "open", "--help"], 0), (["completion", "bash"], 0), (["completion", "csh"], 3),
      (["--socket", "/nope", "call", "echo"], 2), (["--socket", "/nope", "support", "open"], 2),
      (["--socket", "/nope", "plugin", "list"], 2), (["--socket", "/nope", "key", "status"], 2),
      (["--socket", "/nope", "audit", "tail"], 2), (["--socket", "/nope", "retention", "preview"], 2),
      (["--socket", "/nope", "events", "list"], 2), (["--socket", "/nope", "evnts"], 3),
      (["audit", "verify", "--db", "x"], 3), (["audit", "verify", "--state", "/nope"], 2),
      (["help"], 0), (["help", "support"], 0), (["help", "support", "open"], 0), (["help", "nope"], 3),
      (["help", "support", "nope"], 3), (["help", "audit", "verify"], 0),
      (["--lang", "en", "help", "call"], 0),
    ] as [([String], Int32)])
  func `exit codes`(words: [String], code: Int32) throws {
    let server = Self.server()
    let run = try stationctl(words, environment: ["STATIOND_SOCKET": server.path])
    #expect(run.code == code, "\(run.err)")
    // What went wrong is on standard error, and nothing but results on standard output.
    #expect(run.err.isEmpty == (code == 0 || words == ["status"]))
  }

  @Test(arguments: [
    ["call", "echo", "a=1"], ["support", "list"], ["support", "list", "--all"], ["status"], ["--help"],
    ["support", "--help"], ["completion", "bash"],
  ])
  func `output that cannot be written is an error`(words: [String]) throws {
    let server = Self.server()
    let run = try stationctl(words, environment: ["STATIOND_SOCKET": server.path], to: "/dev/full")
    #expect(run.code == 2)
    #expect(run.err == "stationctl: cannot write the output: No space left on device\n")
  }

  @Test func `without a daemon a module with a command's name is not mistaken for a slip`() throws {
    let run = try stationctl(["--socket", "/nope", "plugin", "list"])
    #expect(run.err.hasPrefix("stationctl: cannot connect to /nope"))
  }

  @Test(arguments: [
    ["audit", "verify"], ["audit", "verify", "--state", "/nope"],
    ["audit", "verify", "--db", "/nope", "--anchor", "/nope"],
    ["audit", "export", "1"], ["audit", "check", "/nope", "/nope"], ["restore", "/nope"],
  ])
  func `a key that is none is named`(words: [String]) throws {
    let run = try stationctl(words + ["--key", "garbage"], environment: ["STATIOND_SOCKET": "/nope"])
    #expect(run.code == 3)
    #expect(run.err.hasPrefix("stationctl: --key is not a verifier key: it is written NAME+ID+KEY"))
  }

  @Test(arguments: [[], ["--state", "/nope"]])
  func `a file that is no checkpoint is named`(words: [String]) throws {
    let run = try stationctl(
      ["audit", "verify", "--extends", "/dev/null"] + words, environment: ["STATIOND_SOCKET": "/nope"])
    #expect(run.code == 3)
    #expect(run.err.hasPrefix("stationctl: --extends /dev/null is not a checkpoint: it is no signed note"))
  }

  @Test(arguments: [("denied", 4), ("unavailable", 2)] as [(String, Int32)])
  func `a doctor that is turned away does not look at the settings`(kind: String, code: Int32) throws {
    let server = FakeServer.answering { method, _ in
      method == "system.info" ? ["result": ["version": "1"]] : failure(kind)
    }
    let run = try stationctl(["doctor", "--socket", server.path])
    #expect(run.code == code)
    #expect((run.out + run.err).contains("no: \(kind)"))
    #expect(!run.out.contains("settings") && !run.out.contains("it answers"))
    #expect(run.out.isEmpty == (kind == "denied"))
  }

  @Test(arguments: ["+06:00", "+08:00", "Z"])
  func `what is foretold is in the daemon's zone`(zone: String) throws {
    let server = FakeServer.answering { method, params in
      method == "system.ping"
        ? ["result": ["now": .string("2026-11-22T09:50:35.123" + zone)]] : ["result": ["collections": []]]
    }
    let run = try stationctl(["retention", "--dry-run", "--socket", server.path])
    #expect(run.out == "nothing is deleted by 2026-12-22T09:50:35.123\(zone)\n", "\(run.err)")
  }

  @Test func `options before the module are the call's, after the method its own`() throws {
    let server = Self.server()
    let words = [
      "--reason", "call", "--socket", server.path, "support", "open", "5", "--station", "x", "--reason",
      "own", "--json",
    ]
    let run = try stationctl(words)
    #expect(run.out == #"{"scenario":5,"station":"x","reason":"own","meta":{"reason":"call"}}"# + "\n")
  }

  @Test func `all pages become one document`() throws {
    let server = Self.server()
    let run = try stationctl(
      ["support", "list", "--all", "--json"], environment: ["STATIOND_SOCKET": server.path])
    #expect(run.out == #"{"items":[{"id":"r0"},{"id":"r2"}]}"# + "\n")
  }

  @Test func `one page tells people where the next one starts, apart from the table`() throws {
    let server = Self.server()
    let run = try stationctl(["support", "list"], environment: ["STATIOND_SOCKET": server.path])
    #expect(run.out == "id\nr0\n")
    #expect(run.err == "next page: --cursor 2; all of them: --all\n")
  }

  @Test func `personal data is not asked for without a purpose`() throws {
    let server = Self.server()
    let run = try stationctl(
      ["directory", "unit", "get", "x"], environment: ["STATIOND_SOCKET": server.path])
    #expect(run.err.contains("--purpose, --reason"))
    #expect(run.err.contains("handling, audit"))
  }

  @Test func `errors for programs are JSON`() throws {
    let server = Self.server()
    let run = try stationctl(["call", "conflict", "--json"], environment: ["STATIOND_SOCKET": server.path])
    #expect(try JSONParser.parse(run.err)["error"]?["data"]?["kind"] == "conflict")
    let gone = try stationctl(["call", "x", "--json", "--socket", "/nope"])
    #expect(try JSONParser.parse(gone.err)["error"]?["data"]?["kind"] == "unreachable")
  }

  @Test func `Chinese by the locale and by the option`() throws {
    let server = Self.server()
    let environment = ["STATIOND_SOCKET": server.path, "LANG": "zh_CN.UTF-8"]
    #expect(try stationctl(["support", "--help"], environment: environment).out.contains("发起"))
    #expect(
      try stationctl(["support", "--help", "--lang", "en"], environment: environment).out.contains("Open"))
    #expect(
      try stationctl(["call", "x", "--socket", "/nope", "--lang", "zh"]).err.hasPrefix("stationctl: 无法连接"))
  }

  @Test func `completion works with and without the daemon`() throws {
    let server = Self.server()
    let with = try stationctl(["__complete", "--", "su"], environment: ["STATIOND_SOCKET": server.path])
    #expect(with.out == "support\tSupport\n")
    let without = try stationctl(["__complete", "--", "st"], environment: ["STATIOND_SOCKET": "/nope"])
    #expect(without.out.hasPrefix("status\t"))
  }

  @Test func `an exported proof is checked without the daemon`() throws {
    let log = try FakeLog(count: 9)
    let server = FakeServer.answering { log.answer($0, $1) }
    let file = "/tmp/stationctl-proof-\(UInt64.random(in: 0 ... .max))"
    defer { for name in [file, file + ".leaf"] { try? FileManager.default.removeItem(atPath: name) } }
    let environment = ["STATIOND_SOCKET": server.path]
    let key = log.signer.verifierKey.text
    #expect(try stationctl(["audit", "export", "4", "--out", file], environment: environment).code == 0)
    #expect(try stationctl(["audit", "check", file, file + ".leaf", "--key", key]).code == 0)
    #expect(try stationctl(["audit", "check", file, file, "--key", key]).code == 1)
    #expect(try stationctl(["audit", "verify", "--key", key], environment: environment).code == 0)
    // What is there already is not written over.
    #expect(try stationctl(["audit", "export", "5", "--out", file], environment: environment).code == 2)
  }
}
