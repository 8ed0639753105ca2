import StationKit
import StationPluginWire

/// What the configuration says of one plugin.
package struct PluginSettings: Sendable, Equatable {
  package var name: String
  /// The program, as an absolute path.
  package var program: String
  package var arguments: [String]
  /// All of its environment but for `PATH`, `LANG` and `TZ`.
  package var environment: [String: String]
  /// Handed to it in `plugin.init`.
  package var configuration: JSONValue
  /// The user that it runs as; nil for the daemon's own.
  package var user: User?
  package var grants: Grants
  package var limits: PluginLimits
  /// Whether it is started with the daemon.
  package var isEnabled: Bool
  /// Whether the program and its folders must be root's and nobody else's to write.
  package var isTrusted: Bool
  /// What is wrong with its entry in the configuration, with file and line: it is not started. nil if nothing is.
  package var fault: String?

  package struct User: Sendable, Equatable {
    package var uid: UInt32
    package var gid: UInt32

    package init(uid: UInt32, gid: UInt32) {
      self.uid = uid
      self.gid = gid
    }
  }

  /// What it may reach of other modules. Its own collections are its own; of others it gets nothing unless it is
  /// both declared in its manifest and granted here.
  package struct Grants: Sendable, Equatable {
    /// Methods of other modules, with the parts of their results that it may see; nil for the whole.
    package var calls: [String: [String]?]
    package var events: Set<String>
    /// Whether its methods may disclose personal data, and its collections keep any.
    package var personal: Bool

    package init(calls: [String: [String]?] = [:], events: Set<String> = [], personal: Bool = false) {
      self.calls = calls
      self.events = events
      self.personal = personal
    }
  }

  package init(
    name: String, program: String, arguments: [String] = [], environment: [String: String] = [:],
    configuration: JSONValue = [:], user: User? = nil, grants: Grants = Grants(),
    limits: PluginLimits = .init(),
    isEnabled: Bool = true, isTrusted: Bool = true
  ) {
    self.name = name
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.configuration = configuration
    self.user = user
    self.grants = grants
    self.limits = limits
    self.isEnabled = isEnabled
    self.isTrusted = isTrusted
  }

  /// An entry that cannot be used.
  package init(name: String, fault: String) {
    self.init(name: name, program: "")
    self.fault = fault
  }

  /// Why this manifest is more than the plugin may be; nil if it is not.
  package func refusal(of manifest: PluginManifest) -> String? {
    if manifest.name != name { return "its manifest is of '\(manifest.name)', not of '\(name)'" }
    for call in manifest.calls {
      guard let granted = grants.calls[call.method] else { return "'\(call.method)' is not granted to it" }
      guard let granted else { continue }
      guard let wanted = call.fields else {
        return "only parts of the result of '\(call.method)' are granted to it, and it declares none"
      }
      for field in wanted where !granted.contains(where: { FieldFilter.covers($0, field) }) {
        return "'\(field)' of '\(call.method)' is not granted to it"
      }
    }
    for event in manifest.listens where !grants.events.contains(event) {
      return "the event '\(event)' is not granted to it"
    }
    guard !grants.personal else { return nil }
    if let method = manifest.methods.first(where: \.disclosesPersonalData) {
      return "'\(method.name)' discloses personal data, which is not granted to it"
    }
    if let collection = manifest.collections.first(where: { !$0.personal.isEmpty }) {
      return "'\(collection.name)' keeps personal data, which is not granted to it"
    }
    return nil
  }
}
