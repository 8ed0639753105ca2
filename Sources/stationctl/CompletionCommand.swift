import ArgumentParser
import StationClient

/// `stationctl completion SHELL`
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration("completion")

  @OptionGroup var options: GlobalOptions

  @Argument(help: "bash, zsh, fish")
  var shell: String

  func run() throws {
    guard let script = Shell.completionScript(shell) else {
      throw UsageError(
        "no completion for '\(shell)'; there is bash, zsh and fish", zh: "没有“\(shell)”的补全脚本；支持 bash、zsh、fish")
    }
    Terminal.out(script)
  }
}

/// `stationctl __complete -- WORDS`: what the completion scripts ask.
struct CompleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "__complete", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough)
  var words: [String] = []

  func run() throws {
    let words = self.words.first == "--" ? Array(self.words.dropFirst()) : self.words
    let language = Language.current
    // A shell waits for this: the socket named on the line, and not for long.
    let options = try? GlobalOptions.checked(DynamicCommand.early(Array(words.dropLast())))
    let client = try? Client.connect(options?.socketPath ?? "", timeout: .milliseconds(500))
    let api = client.flatMap { try? APIDescription(from: $0, language: language) }
    for candidate in Completer(api: api, language: language).candidates(for: words) {
      Terminal.out(
        candidate.about.isEmpty ? "\(candidate.word)\n" : "\(candidate.word)\t\(candidate.about)\n")
    }
  }
}
