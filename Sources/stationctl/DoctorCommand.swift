import ArgumentParser
import Foundation
import StationClient
import StationJSON
import StationKit

/// `stationctl doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "doctor",
    discussion: Language.current.pick(
      "Exit codes: 0 all is well, 1 something to look at, 2 something to mend, 4 denied.",
      zh: "退出码：0 正常，1 需关注，2 需处理，4 无权限。"))

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "What is checked where the daemon does not answer.",
        zh: "守护进程无应答时检查的配置文件。"), valueName: "file"))
  var config = "/etc/stationd/stationd.yaml"

  private static let version = RootCommand.configuration.version

  func run() throws {
    var findings: [DoctorText.Finding] = []
    do throws(ClientError) {
      let client = try options.connect(otherwise: .administrator)
      let answers = try client.callMany([Client.Call("system.info"), Client.Call("system.doctor")])
      let (info, found) = (try answers[0].get(), try answers[1].get()["findings"]?.arrayValue ?? [])
      findings.append(compare(info))
      findings += found.map { DoctorText.Finding($0) }
    } catch {
      // Nothing can be said of a daemon that answers, but not to this user.
      guard StationClient.ExitCode(error) != .denied else { throw error }
      findings.append(unanswered(error))
      // One that answers an error runs with its settings.
      if case .rpc = error {} else { findings.append(configuration()) }
    }
    let text = DoctorText(findings)
    if options.ndjson {
      Terminal.out(ResultPrinter.lines(.array(findings.map(\.json))))
    } else if options.json {
      Terminal.out(JSONValue.object(["findings": .array(findings.map(\.json))]).encodedString + "\n")
    } else {
      Terminal.out(text.text(options.language, colours: options.colours))
    }
    throw Outcome(code: StationClient.ExitCode(text.state))
  }

  private func compare(_ info: JSONValue) -> DoctorText.Finding {
    let daemon = info["version"]?.stringValue ?? "?"
    guard Self.version == "stationctl \(daemon)" else {
      return DoctorText.Finding(
        "daemon", .warning,
        Text(
          "it runs version \(daemon), this is \(Self.version)", zh: "运行中版本为 \(daemon)，本程序为 \(Self.version)"),
        advice: Self.same("systemctl restart stationd"))
    }
    return DoctorText.Finding("daemon", .ok, Text("it answers", zh: "有应答"))
  }

  private func unanswered(_ error: ClientError) -> DoctorText.Finding {
    let (en, zh) = (ErrorText(error, language: .en), ErrorText(error, language: .zh))
    let commands = "systemctl status stationd; journalctl -u stationd -n 20"
    return DoctorText.Finding(
      "daemon", .critical, Text(en.message, zh: zh.message),
      advice: Text(en.hint ?? commands, zh: zh.hint ?? commands))
  }

  /// What is the same in both languages: commands, and what the daemon's own program says.
  private static func same(_ text: String) -> Text { Text(text, zh: text) }

  /// What the daemon itself says of its configuration: the usual reason why it does not start.
  private func configuration() -> DoctorText.Finding {
    let beside = Bundle.main.executablePath.map { ($0 as NSString).deletingLastPathComponent + "/stationd" }
    let program = Process()
    let output = Pipe()
    program.executableURL = URL(fileURLWithPath: beside ?? "/usr/bin/stationd")
    program.arguments = ["--check-config", config]
    program.standardOutput = output
    program.standardError = output
    do {
      try program.run()
    } catch {
      return DoctorText.Finding(
        "settings", .critical, Text("stationd cannot be run: \(error)", zh: "无法运行 stationd：\(error)")
      )
    }
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    program.waitUntilExit()
    let line = said.split(separator: "\n").first.map(String.init) ?? ""
    guard program.terminationStatus != 0 else {
      // What it doubts comes before the line of success.
      return DoctorText.Finding("settings", line == "\(config): ok" ? .ok : .warning, Self.same(line))
    }
    return DoctorText.Finding(
      "settings", .critical, Self.same(line),
      advice: Text("mend it, then systemctl start stationd", zh: "修正后 systemctl start stationd"))
  }
}
