import ArgumentParser
import StationClient

/// `stationctl health`: a monitoring plugin.
struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "health",
    discussion: Language.current.pick(
      "Exit codes: 0 OK, 1 WARNING, 2 CRITICAL (also where the daemon does not answer), 3 wrong usage.",
      zh: "退出码：0 正常，1 警告，2 严重（含守护进程无应答），3 用法错误。"))

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let line: HealthLine
    do throws(ClientError) {
      let health = try Client.connect(options.socketPath, timeout: .seconds(options.timeout ?? 10))
        .call("system.health")
      if options.json || options.ndjson { Terminal.out(health.encodedString + "\n") }
      line = HealthLine(health, language: options.language)
    } catch {
      line = HealthLine(unanswered: error, language: options.language)
    }
    if !(options.json || options.ndjson) || line.state == .critical { Terminal.out(line.text + "\n") }
    throw Outcome(code: StationClient.ExitCode(line.state))
  }
}

/// `stationctl metrics`
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration("metrics")

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let result = try options.connect(otherwise: .administrator).call("system.metrics")
    Terminal.out(options.json ? result.encodedString + "\n" : result["text"]?.stringValue ?? "")
  }
}
