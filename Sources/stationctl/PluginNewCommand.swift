import ArgumentParser
import StationClient
import StationJSON

extension PluginScaffold.ProgrammingLanguage: ExpressibleByArgument {}

/// `stationctl plugin new`
struct PluginNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: Language.current.pick(
      "Make a folder with a working plugin, its test and a page on both.", zh: "新建可用的插件目录，含测试与说明。"))

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp(
      Language.current.pick("Its name, which is the prefix of its methods.", zh: "插件名，即其方法的前缀。"),
      valueName: "name"))
  var name: String

  @Option(
    help: ArgumentHelp(
      Language.current.pick("What it is written in; --lang does as well.", zh: "编程语言，也可用 --lang。"),
      valueName: "python|swift"))
  var language: PluginScaffold.ProgrammingLanguage = .python

  @Option(
    help: ArgumentHelp(
      Language.current.pick("The folder; else NAME here.", zh: "目录；默认为当前目录下的插件名。"), valueName: "folder"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "The source tree of stationd; else where this program is.", zh: "stationd 源代码目录；默认按本程序位置查找。"),
      valueName: "folder"))
  var repository: String?

  /// `--lang` is the language of this program's texts everywhere else: with one of programming, it is that.
  static func respelled(_ words: [String]) -> [String] {
    var words = words
    for (place, word) in words.enumerated() {
      let inline = word.hasPrefix("--lang=") ? String(word.dropFirst(7)) : nil
      let value = inline ?? (words.indices.contains(place + 1) ? words[place + 1] : "")
      guard inline != nil || word == "--lang", Language(rawValue: value) == nil else { continue }
      words[place] = inline.map { "--language=\($0)" } ?? "--language"
    }
    return words
  }

  func run() throws {
    let scaffold = try PluginScaffold(name: name, language: language, repository: repository)
    let paths = try scaffold.write(to: to ?? name)
    Terminal.out(paths.map { $0 + "\n" }.joined())
    guard let missing = scaffold.missing else { return }
    Terminal.err(options.language.pick(missing.en, zh: missing.zh) + "\n")
    throw Outcome(code: .error)
  }
}
