import ArgumentParser
import StationClient

/// Sends a command line to where it belongs: words that the program knows go to swift-argument-parser, all others
/// are a module and a method of the daemon, whose options are known only at run time.
struct Program {
  let words: [String]

  func run() -> StationClient.ExitCode {
    let language = Language.current
    do {
      let (common, rest) = Self.respelled(words)
      guard let first = rest.first, first.utf8.first != UInt8(ascii: "-"), first != "__complete",
        first != "help", StaticCommand.named(in: rest) == nil
      else {
        return try runStatic(common: common, rest: rest)
      }
      return try DynamicCommand(common: common, words: rest).run()
    } catch let error as UsageError {
      return Report.usage(error, language: language)
    } catch {
      return Report.failure(error, json: words.contains("--json"), language: language)
    }
  }

  /// The options in front and the rest; `help X …` is `X … --help`.
  private static func respelled(_ words: [String]) -> (common: [String], rest: [String]) {
    let (common, rest) = CommonOption.split(words)
    guard rest.first == "help" else { return (common, rest) }
    let topic = CommonOption.split(Array(rest.dropFirst()))
    guard topic.rest.first?.utf8.first != UInt8(ascii: "-") else { return (common, rest) }
    return (common + topic.common, topic.rest + ["--help"])
  }

  private func runStatic(common: [String], rest: [String]) throws -> StationClient.ExitCode {
    // Options of every command may come before its name; argument-parser wants them after.
    var path = rest.prefix(1)
    if let command = StaticCommand.named(in: rest), rest.count > 1, command.subcommands.contains(rest[1]),
      ["audit", "config", "key", "plugin"].contains(command.name)
    {
      path = rest.prefix(2)
    }
    var arguments = Array(path) + common + rest.dropFirst(path.count)
    if path == ["plugin", "new"] { arguments = PluginNewCommand.respelled(arguments) }
    do {
      var command = try RootCommand.parseAsRoot(arguments)
      try command.run()
      return .ok
    } catch let outcome as Outcome {
      return outcome.code
    } catch {
      // Anything of argument-parser's own has a text of its own; the rest is reported by the caller.
      guard RootCommand.isParserError(error) else { throw error }
      let text = RootCommand.fullMessage(for: error)
      if RootCommand.exitCode(for: error) == .success {
        let help = ParserText.help(text, .current)
        Terminal.out(help.hasSuffix("\n") ? help : help + "\n")
        if arguments.isEmpty || arguments.contains("--help") || arguments.contains("-h") {
          DaemonHelp.print(arguments: arguments, language: .current)
        }
        return .ok
      }
      let plain =
        text.hasPrefix("Error: ")
        ? "stationctl: " + ParserText.text(String(text.dropFirst(7)), .current) : text
      Terminal.err(plain.hasSuffix("\n") ? plain : plain + "\n")
      return .usage
    }
  }
}

/// Ends a command with a code other than 0 where everything has been said.
struct Outcome: Error {
  let code: StationClient.ExitCode
}

extension Language {
  /// The language of this run: needed before the options are parsed, since help texts are in it too.
  static let current: Language = {
    let words = CommandLine.arguments
    let inline = words.last { $0.hasPrefix("--lang=") }.map { String($0.dropFirst(7)) }
    let place = words.lastIndex(of: "--lang").map { words.index(after: $0) }
    let next = place.flatMap { words.indices.contains($0) ? words[$0] : nil }
    return Language(choice: inline ?? next, environment: Terminal.environment)
  }()
}
