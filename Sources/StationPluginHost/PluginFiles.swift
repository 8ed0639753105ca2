import Foundation
import StationKit
import StationPluginWire
import Synchronization

/// What is kept of a plugin between the daemon's starts: its last good manifest, whether a person stopped it, and
/// how far it has heard of events. Losing it loses no data of the plugin's.
package final class PluginFiles: Sendable {
  struct Memory: Sendable, Equatable {
    var isStopped = false
    var position: Int?
  }

  private let directory: String
  private let state: Mutex<Memory>
  private let report: @Sendable (String) -> Void

  /// - Parameter directory: of this plugin; made when something is kept.
  package init(directory: String, report: @escaping @Sendable (String) -> Void) {
    self.directory = directory
    self.report = report
    var memory = Memory()
    if let value = Self.read(directory + "/memory.json") {
      memory.isStopped = value["stopped"]?.boolValue ?? false
      memory.position = value["position"]?.intValue
    }
    state = Mutex(memory)
  }

  var memory: Memory { state.withLock { $0 } }

  /// The last good manifest.
  package var manifest: PluginManifest? {
    Self.read(directory + "/manifest.json").flatMap { try? PluginManifest($0) }
  }

  func keep(_ manifest: PluginManifest) { write("manifest.json", manifest.source) }

  func remember(_ change: (inout Memory) -> Void) {
    let changed = state.withLock { memory -> Memory? in
      let former = memory
      change(&memory)
      return memory == former ? nil : memory
    }
    guard let changed else { return }
    var object: JSONObject = ["stopped": .bool(changed.isStopped)]
    if let position = changed.position { object["position"] = .int(position) }
    write("memory.json", .object(object))
  }

  private static func read(_ path: String) -> JSONValue? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? JSONParser.parse([UInt8](data))
  }

  private func write(_ name: String, _ value: JSONValue) {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(value.encoded()).write(to: URL(fileURLWithPath: "\(directory)/\(name)"), options: .atomic)
    } catch {
      report("keeping \(directory)/\(name): \(error.localizedDescription)")
    }
  }
}
