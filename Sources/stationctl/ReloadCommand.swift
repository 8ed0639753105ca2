import ArgumentParser
import StationClient

/// `stationctl reload`
struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration("reload")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let result = try options.connect(otherwise: .administrator).call("system.reload")
    if options.json || options.ndjson {
      Terminal.out(result.encodedString + "\n")
    } else {
      Terminal.out(ReloadText.text(result, language: options.language))
    }
  }
}
