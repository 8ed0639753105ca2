import StationClient
import StationJSON

/// `stationctl MODULE METHOD …`: a method of the daemon, whose options come from `rpc.discover`.
struct DynamicCommand {
  /// Options before the module's name.
  let common: [String]
  /// From the module's name on.
  let words: [String]

  func run() throws -> ExitCode {
    // The socket must be known before the method is, so its option is looked for without knowing the rest.
    let early = try GlobalOptions.checked(common + Self.early(words))
    let language = early.language
    let client: Client
    do {
      client = try early.connect(otherwise: SocketName(for: words[0]))
    } catch {
      if words[0].utf8.contains(UInt8(ascii: ".")) == false,
        let near = near(among: StaticCommand.all.map(\.name))
      {
        throw UsageError(
          "no command '\(words[0])', and no daemon to ask for a module of that name; did you mean \(near)?",
          zh: "没有命令“\(words[0])”，也无法向守护进程查询同名模块；是否想输入 \(near)？")
      }
      throw error
    }
    let api = try APIDescription(from: client, language: language)

    // Options may stand between the module and the method.
    let (between, rest) = CommonOption.split(Array(words.dropFirst()))
    if let (method, arguments) = api.method(in: [words[0]] + rest) {
      return try run(
        method, Array(arguments), leading: common + between, client: client, api: api, language: language)
    }
    return try runModule(api, between: between, rest: rest, early: early)
  }

  private func run(
    _ method: MethodDescription, _ arguments: [String], leading: [String], client: Client,
    api: APIDescription,
    language: Language
  ) throws -> ExitCode {
    let help = MethodHelp(language: language)
    let parsed = try MethodArguments(arguments, method: method)
    if parsed.wantsHelp || leading.contains("--help") {
      Terminal.out(help.method(method))
      return .ok
    }
    let (options, key) = try GlobalOptions.checkedWithKey(leading + parsed.common)
    do {
      try parsed.checkRequired(method)
    } catch {
      let code = Report.usage(error, language: language)
      Terminal.err("\n" + help.method(method))
      return code
    }
    if method.disclosesPersonalData, options.purpose == nil || options.reason == nil {
      throw purposeMissing(method, options, codes: api.purposes)
    }
    var call = PagedCall(client: client, method: method, options: options, key: key)
    try call.run(parsed.params, all: parsed.wantsAll)
    return .ok
  }

  private func purposeMissing(
    _ method: MethodDescription, _ options: GlobalOptions, codes: [String]
  ) -> UsageError {
    let missing = [options.purpose == nil ? "--purpose" : nil, options.reason == nil ? "--reason" : nil]
      .compactMap { $0 }
    let clash = missing.contains { method.parameter(named: String($0.dropFirst(2))) != nil }
    let whereEn = clash ? " before '\(method.module)'" : ""
    let whereZh = clash ? "（写在“\(method.module)”之前）" : ""
    return UsageError(
      "'\(method.module) \(method.typed)' discloses personal data; say what for\(whereEn): "
        + "\(missing.joined(separator: ", ")) (both are recorded)"
        + (codes.isEmpty ? "" : "; purposes: \(codes.joined(separator: ", "))"),
      zh: "“\(method.module) \(method.typed)”涉及个人信息，须说明用途和理由\(whereZh)："
        + "\(missing.joined(separator: "、"))（会记录在案）"
        + (codes.isEmpty
          ? "" : "；用途：\(codes.map { PurposeText.name($0, .zh) }.joined(separator: "、"))"))
  }

  private func runModule(
    _ api: APIDescription, between: [String], rest: [String], early: GlobalOptions
  ) throws -> ExitCode {
    let language = early.language
    let name = words[0]
    guard api.modules.contains(name) else {
      let known = StaticCommand.all.map(\.name) + api.modules
      if let near = near(among: known) {
        throw UsageError(
          "no command or module '\(name)'; did you mean \(near)?", zh: "没有命令或模块“\(name)”；是否想输入 \(near)？")
      }
      throw UsageError(
        "no command or module '\(name)'; modules: \(api.modules.joined(separator: ", "))",
        zh: "没有命令或模块“\(name)”；模块：\(api.modules.joined(separator: "、"))")
    }
    let help = MethodHelp(language: language).module(name, of: api)
    if between.contains("--help") || between.contains("-h") || rest.first == "help" {
      Terminal.out(help)
      return .ok
    }
    if rest.first == "--follow" {
      let common = CommonOption.split(Array(rest.dropFirst()))
      if let word = common.rest.first {
        throw UsageError("'\(word)' is one word too many", zh: "多余的“\(word)”")
      }
      try EventsPrinter(options: early).follow(since: nil, kinds: [], module: name)
      return .ok
    }
    guard let first = rest.first else {
      Terminal.err(help)
      return .usage
    }
    guard !first.utf8.starts(with: "-".utf8) else {
      throw UsageError(
        "'\(first)' needs a method before it; see: stationctl \(name) --help",
        zh: "“\(first)”之前须有方法；请看：stationctl \(name) --help")
    }
    let typed = rest.prefix { !$0.utf8.starts(with: "-".utf8) }.joined(separator: " ")
    let near =
      Spelling.nearest(to: typed, among: api.methods(of: name).map(\.typed))
      ?? Spelling.nearest(to: first, among: api.methods(of: name).map(\.typed))
    guard let near else {
      throw UsageError(
        "module \(name) has no method '\(typed)'; see: stationctl \(name) --help",
        zh: "模块 \(name) 没有方法“\(typed)”；请看：stationctl \(name) --help")
    }
    throw UsageError(
      "module \(name) has no method '\(typed)'; did you mean '\(near)'?",
      zh: "模块 \(name) 没有方法“\(typed)”；是否想输入“\(near)”？")
  }

  /// The command or module that was probably meant. A word that is among them was meant itself: what is missing then
  /// is the module of a command's name.
  private func near(among known: [String]) -> String? {
    let near = Spelling.nearest(to: words[0], among: known)
    return near == words[0] ? nil : near
  }

  /// What of the words is needed to connect and to speak.
  static func early(_ words: [String]) -> [String] {
    var found: [String] = []
    for (place, word) in words.enumerated() {
      for option in ["--socket", "--timeout", "--lang"] {
        if word == option, place + 1 < words.count { found += [option, words[place + 1]] }
        if word.hasPrefix(option + "=") { found.append(word) }
      }
    }
    for flag in ["--json", "--ndjson", "--no-colour", "--no-color"] where words.contains(flag) {
      found.append(flag)
    }
    return found
  }
}

extension GlobalOptions {
  /// Parses the options of every command alone. What else stands among them is passed over.
  static func checked(_ words: [String]) throws -> GlobalOptions {
    try checkedWithKey(words).0
  }

  /// The options and the idempotency key. A usage error of argument-parser becomes one of the program's own.
  static func checkedWithKey(_ words: [String]) throws -> (GlobalOptions, key: String?) {
    do {
      let all = try Together.parse(words.filter { $0 != "--help" && $0 != "-h" })
      return (all.options, all.keyOption.key)
    } catch {
      let text = Together.message(for: error)
      throw UsageError(text, zh: ParserText.text(text, .zh))
    }
  }
}
