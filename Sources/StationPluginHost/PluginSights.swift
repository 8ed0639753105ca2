import StationKit
import StationPluginWire

/// What a plugin sees of other modules' results: the parts that it declared, and personal data only where that is
/// granted to it.
struct PluginSights: Sendable {
  private var sights: [String: @Sendable (JSONValue) -> JSONValue] = [:]

  /// - Parameter mask: of a method's result.
  init(_ manifest: PluginManifest, _ grants: PluginSettings.Grants, mask: (String) -> ResultMask?) {
    for call in manifest.calls {
      let filter = call.fields.map { FieldFilter($0) }
      let mask = grants.personal ? nil : mask(call.method)
      guard filter != nil || mask != nil else { continue }
      sights[call.method] = { result in
        let shown = mask?.apply(to: result) ?? result
        return filter?.apply(shown) ?? shown
      }
    }
  }

  func see(_ method: String, _ result: JSONValue) -> JSONValue { sights[method]?(result) ?? result }
}
