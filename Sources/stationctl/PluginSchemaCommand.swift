import ArgumentParser
import StationClient
import StationJSON
import StationPluginWire

/// `stationctl plugin schema`
struct PluginSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: Language.current.pick(
      "Print the JSON Schema of a plugin's manifest, as the daemon checks it.", zh: "输出插件清单的 JSON Schema。"))

  @OptionGroup var options: GlobalOptions

  func run() { Terminal.out(ManifestSchema.manifest.encodedString + "\n") }
}
