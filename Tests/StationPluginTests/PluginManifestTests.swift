import StationKit
import StationPluginWire
import Testing

@Suite struct PluginManifestTests {
  private static let good: JSONObject = [
    "protocol": 1, "name": "p", "title": ["en": "P", "zh": "插件"], "version": "1.0", "methods": [],
    "calls": ["a.b", ["method": "a.c"], ["method": "a.d", "fields": ["/id", "/items/*/name"]]],
  ]

  private static func method(properties: JSONObject = [:], result: JSONValue = [:]) -> JSONValue {
    [
      "name": "m", "summary": ["en": "M", "zh": "方法"], "kind": "read",
      "params": ["type": "object", "properties": .object(properties), "additionalProperties": false],
      "result": [:], "examples": [["name": "e", "params": [:], "result": result]],
    ]
  }

  @Test func `what an example gives and gets may have several lines`() throws {
    let manifest = try PluginManifest(
      .object(Self.good.adding("methods", [Self.method(result: ["text": "one\n\ttwo"])])))
    #expect(manifest.methods.first?.examples.first?.result == ["text": "one\n\ttwo"])
  }

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
      (
        "methods", [method(properties: ["a": ["description": "x\u{1B}[2J"]])],
        "/methods/0/params/properties/a/description"
      ), ("methods", [method(properties: ["a\u{9B}2J": [:]])], "/methods/0/params/properties"),
      (
        "methods", [method(properties: ["a": ["enum": ["one\ntwo"]]])],
        "/methods/0/params/properties/a/enum/0"
      ), ("methods", [method(result: "x\u{202E}y")], "/methods/0/examples/0/result"),
      ("words_zh", ["a\u{7F}": "字"], "/words_zh"),
      (
        "events", [["name": "e\u{7}", "summary": ["en": "E", "zh": "事件"], "payload": [:]]],
        "/events/0/name"
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
