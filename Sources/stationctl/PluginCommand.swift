import ArgumentParser
import StationClient

/// `stationctl plugin`: what authors of plugins need. `plugin list`, `show`, `start`, `stop`, `reload` and `logs` are the
/// daemon's own methods.
struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "plugin", subcommands: [PluginNewCommand.self, PluginCheckCommand.self, PluginSchemaCommand.self])
}
