import ArgumentParser
import Glibc
import StationClient
import StationJSON
import StationStore

/// `stationctl key`: what of the master key is done outside the daemon. `key status` is the daemon's own method.
struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "key", subcommands: [KeyNewCommand.self, KeyRotateCommand.self])
}

/// `stationctl key new`
struct KeyNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: Language.current.pick(
      "Write a new master key to a file, for this user alone.", zh: "生成新的主密钥文件，仅本用户可读。"))

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp(
      Language.current.pick("A file that is not there yet.", zh: "尚不存在的文件。"), valueName: "file"))
  var file: String

  func run() throws {
    let language = options.language
    guard access(file, F_OK) != 0 else {
      throw UsageError("\(file) exists already: it is not replaced", zh: "\(file) 已存在，不予覆盖")
    }
    let key: MasterKey
    do {
      key = try MasterKey.create(file)
    } catch let error as FileError {
      throw OutputFault(path: file, code: error.code)
    }
    if options.json {
      ResultPrinter(options: options).print(["file": .string(file), "id": .string(key.name)])
      return
    }
    Terminal.out(
      language.pick(
        "master key \(key.name) in \(file)\nkeep a copy apart from the state's backups: without it nobody can read"
          + " the personal data\n",
        zh: "主密钥 \(key.name) 已写入 \(file)\n请在状态备份之外另存副本：丢失后个人信息无法读取\n"))
  }
}

/// `stationctl key rotate`
struct KeyRotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: Language.current.pick(
      "Bring all keys under another master key, and wait until it is done.", zh: "轮换到新的主密钥并等待完成。"))

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp(
      Language.current.pick(
        "The new key's file; without it a rotation under way goes on.", zh: "新主密钥文件；不给则继续未完成的轮换。"),
      valueName: "file"))
  var file: String?

  func run() throws {
    let language = options.language
    let client = try options.connect(otherwise: .administrator)
    var params: JSONObject = [:]
    if let file { params["file"] = .string(file.hasPrefix("/") ? file : Self.workingDirectory + "/" + file) }
    var status = try client.call("key.rotate", options.params(.object(params), key: nil))
    let isLive = Terminal.errIsTerminal
    // What the call began is told only once its first step has run.
    var looks = 0
    repeat {
      usleep(200_000)
      looks += 1
      status = try client.call("key.status", options.params([:], key: nil))
      if isLive { Terminal.err("\r\(status["rewrapped"]?.intValue ?? 0)") }
    } while status["done"] != true || looks < 2
    if isLive { Terminal.err("\n") }
    if options.json {
      ResultPrinter(options: options).print(status)
      return
    }
    let id = status["current"]?.stringValue ?? ""
    Terminal.out(
      language.pick(
        "all keys are under master key \(id) now; put its file in the place of the old one, then destroy the old"
          + " one and its copies\n",
        zh: "全部密钥已由主密钥 \(id) 封装；请用新文件替换旧文件，然后销毁旧密钥及其副本\n"))
  }

  private static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "" }
    defer { free(path) }
    return String(cString: path)
  }
}
