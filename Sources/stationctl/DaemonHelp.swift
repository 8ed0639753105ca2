import StationClient

/// Adds to the program's own help what the running daemon offers, if one runs.
enum DaemonHelp {
  static func print(arguments: [String], language: Language) {
    let words = arguments.filter { !$0.hasPrefix("-") }
    let module = words.first
    guard words.count <= 1 else { return }
    guard let options = try? GlobalOptions.checked(DynamicCommand.early(arguments)),
      let client = try? Client.connect(
        options.socketPath(otherwise: SocketName(for: module ?? "")), timeout: .seconds(1)),
      let api = try? APIDescription(from: client, language: language)
    else { return }
    let help = MethodHelp(language: language)
    if let module {
      if api.modules.contains(module) { Terminal.out("\n" + help.module(module, of: api)) }
    } else {
      Terminal.out(language.pick("\nMODULES OF THE DAEMON:\n", zh: "\n守护进程的模块：\n") + help.modules(of: api))
    }
  }
}
