import ArgumentParser
import StationClient

/// `stationctl status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration("status")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let client = try options.connect()
    let answers = try client.callMany([Client.Call("system.info"), Client.Call("system.health")])
    let report = StatusReport(info: try answers[0].get(), health: try answers[1].get())
    if options.json || options.ndjson {
      Terminal.out(report.json.encodedString + "\n")
    } else {
      Terminal.out(report.text(options.style(of: "system.info", client)))
    }
    if !report.isHealthy { throw Outcome(code: .unavailable) }
  }
}
