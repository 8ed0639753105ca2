import Foundation
import StationDaemon

/// A directory with configuration files, which goes with its owner.
final class Files: Sendable {
  let path = NSTemporaryDirectory() + "stationd-test-\(UUID().uuidString)"

  init(_ files: [String: String]) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, text) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    let url = URL(filePath: file(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The tree that these tests stand in.
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// A configuration of the shipped data, with files that a test changes.
  static func good(access: String = goodAccess, more: String = "") throws -> Files {
    try Files([
      "access.yaml": access,
      "stationd.yaml": """
      origin: station.example/audit
      access: access.yaml
      calendars: \(root)/etc/calendar
      modules:
        support:
          scenarios: \(root)/etc/support/scenarios.json
      \(more)
      """,
    ])
  }

  /// Replaces the configuration by one of the shipped data whose `modules` say this.
  func configure(modules: String) throws {
    try write(
      "stationd.yaml",
      """
      origin: a
      access: access.yaml
      calendars: \(Self.root)/etc/calendar
      modules:
        \(modules)
      """)
  }

  static let goodAccess = """
    roles:
      desk:
        methods: ["support.*"]
        scope: supported
    bindings:
      - user: ["0"]
        roles: desk
        unit: tech
        supports: [st-01]
    """

  /// What the check of an accepted configuration doubts, the directory left out.
  func doubts() throws -> [String] {
    try Daemon.check(try DaemonConfiguration.load(file("stationd.yaml"))).map {
      $0.replacingOccurrences(of: path + "/", with: "")
    }
  }

  /// What is wrong with the configuration, the directory left out; nil where it is accepted.
  func problem() -> String? {
    do {
      try Daemon.check(try DaemonConfiguration.load(file("stationd.yaml")))
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: path + "/", with: "")
    }
  }
}
