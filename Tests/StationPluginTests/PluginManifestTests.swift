import StationKit
import StationPluginWire
import Testing

@Suite struct PluginManifestTests {
  private static let good: JSONObject = [
    "protocol": 1, "name": "p", "title": ["en": "P", "zh": "插件"], "version": "1.0", "methods": [],
    "calls": ["a.b", ["method": "a.c"], ["method": "a.d", "fields": ["/id", "/items/*/name"]]],
  ]

  @Test func `a manifest that fits is one`() throws {
    let manifest = try PluginManifest(.object(Self.good))
    #expect(manifest.calls.map(\.fields) == [nil, nil, ["/id", "/items/*/name"]])
  }

  @Test(
    arguments: [
      ("title", ["en": "P\u{1B}]0;x\u{07}", "zh": "插件"], "/title/en"), ("version", "1\u{0}", "/version"),
      ("name", "p\u{1B}[2J", "/name"),
      ("calls", [["method": "a.d", "fields": ["name"]]], "/calls/0/fields"),
      ("calls", ["a.b", ["method": "a.d", "fields": ["/id", " "]]], "/calls/1/fields"),
      (
        "collections",
        [
          [
            "name": "n", "summary": ["en": "N", "zh": "条目"], "schema": ["type": "object"], "subject": "own",
            "retention": ["years": 101, "after": "ends"],
          ]
        ], "/collections/0/retention/years"
      ),
    ] as [(String, JSONValue, String)])
  func `one that does not is refused with the place`(member: String, value: JSONValue, place: String) {
    do throws(ManifestError) {
      _ = try PluginManifest(.object(Self.good.adding(member, value)))
      Issue.record("\(member): \(value) is accepted")
    } catch {
      #expect(error.description.contains("manifest: \(place)"), "\(error)")
    }
  }
}
