import StationKit

/// The names and numbers that a daemon and a plugin agree on.
package enum PluginProtocol {
  /// A plugin that speaks another version is refused when it tells its manifest.
  package static let version = 1
  /// The plugin's end of the socket pair.
  package static let descriptor: Int32 = 3

  /// How much a line that a plugin logs matters; anything else is `info`.
  package enum LogLevel: String, CaseIterable, Sendable {
    case debug, info, warning, error
  }

  /// What the daemon sends.
  package enum ToPlugin: String, CaseIterable, Sendable {
    case manifest = "plugin.manifest"
    case start = "plugin.init"
    case call = "plugin.call"
    case event = "plugin.event"
    case cancel = "plugin.cancel"
    case drain = "plugin.drain"
  }

  /// What a plugin sends.
  package enum ToHost: String, CaseIterable, Sendable {
    case ready = "plugin.ready"
    case get = "store.get"
    case query = "store.query"
    case count = "store.count"
    case scan = "store.scan"
    case next = "store.next"
    case call = "store.call"
    case erase = "store.erase"
    case log = "log"

    /// A member of a request's params that there is none of: what it was to say must not be passed over.
    package func unknownMember(of params: JSONObject) -> String? {
      params.keys.first { !Self.common.contains($0) && !(Self.members[self] ?? []).contains($0) }
    }

    private static let common: Set = ["token", "operations"]
    private static let ofQueries: Set = [
      "collection", "index", "equals", "from", "to", "matching", "descending", "limit", "cursor", "after",
    ]
    private static let members: [ToHost: Set<String>] = [
      .get: ["collection", "id"], .query: ofQueries, .count: ofQueries,
      .scan: ofQueries.union(["columns"]), .next: ["series"], .call: ["method", "params"],
      .erase: ["subject"],
    ]
  }
}
