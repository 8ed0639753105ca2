import ArgumentParser
import Foundation
import StationClient
import StationJSON

/// `stationctl backup`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration("backup")

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "A directory that the daemon's user may write to; the backup gets a folder in it.",
        zh: "守护进程用户可写的目录；备份将建在其中的新文件夹。"), valueName: "dir"))
  var to: String

  @Option(
    help: ArgumentHelp(
      Language.current.pick("Backups to keep in it; the oldest go.", zh: "保留的备份份数，删除最旧者。"), valueName: "n"))
  var keep: Int?

  func validate() throws {
    guard !to.isEmpty else {
      throw ValidationError(Language.current.pick("--to is empty: name a directory.", zh: "--to 为空：请指明目录。"))
    }
  }

  func run() throws {
    let path = options.socketPath(otherwise: .administrator)
    let directory = to.hasPrefix("/") ? to : FileManager.default.currentDirectoryPath + "/" + to
    var params: JSONObject = ["directory": .string(directory)]
    if let keep { params["keep"] = .int(keep) }
    // A large state takes its time: without --timeout there is no limit.
    let client = try Client.connect(path, timeout: options.timeout.map { .seconds($0) })
    let progress = BackupProgress(path: path, language: options.language)
    defer { progress.end() }
    let result = try client.call("system.backup", .object(params))
    progress.end()
    if options.json || options.ndjson {
      return Terminal.out(result.encodedString + "\n")
    }
    Terminal.out(BackupText.made(result, language: options.language))
  }
}

/// Shows on standard error how far the backup is, over a connection of its own.
private final class BackupProgress: Sendable {
  private let ended = DispatchSemaphore(value: 0)
  private let finished = DispatchSemaphore(value: 0)

  init(path: String, language: Language) {
    let isLive = Terminal.errIsTerminal
    Thread.detachNewThread { [ended, finished] in
      defer { finished.signal() }
      // What cannot be shown is no reason to fail: the backup goes on by itself.
      guard let client = try? Client.connect(path, timeout: .seconds(5)) else { return }
      var shown = ""
      while ended.wait(timeout: .now() + .milliseconds(200)) == .timedOut {
        guard let now = try? client.call("system.backup_progress") else { return }
        let line = BackupText.progress(now, language: language)
        guard !line.isEmpty, line != shown else { continue }
        shown = line
        Terminal.err(isLive ? "\r\(line)" : line + "\n")
      }
      if isLive, !shown.isEmpty { Terminal.err("\n") }
    }
  }

  /// Waits until nothing more is shown. Again does nothing.
  func end() {
    ended.signal()
    finished.wait()
    finished.signal()
  }
}
