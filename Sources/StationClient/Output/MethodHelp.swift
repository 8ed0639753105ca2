import StationJSON

/// Help texts for what the daemon offers.
package struct MethodHelp: Sendable {
  package let language: Language

  package init(language: Language) { self.language = language }

  /// All modules, for the end of the program's own help.
  package func modules(of api: APIDescription) -> String {
    rows(
      api.modules.map { name in
        let count = api.methods(of: name).count
        let title = api.title(of: name)
        let methods = language.pick(count == 1 ? "1 method" : "\(count) methods", zh: "\(count) 个方法")
        return (name, title.isEmpty ? methods : title + language.pick(" (\(methods))", zh: "（\(methods)）"))
      })
  }

  /// The methods of one module.
  package func module(_ name: String, of api: APIDescription) -> String {
    let title = api.title(of: name)
    var text = title.isEmpty ? "" : title + "\n\n"
    text += language.pick(
      "USAGE: stationctl \(name) METHOD …\n\nMETHODS:\n", zh: "用法：stationctl \(name) 方法 …\n\n方法：\n")
    text += rows(api.methods(of: name).map { ($0.typed, $0.summary) })
    text += language.pick(
      "\nSee 'stationctl \(name) METHOD --help' for one of them.\n",
      zh: "\n用“stationctl \(name) 方法 --help”查看某个方法的帮助。\n")
    return text
  }

  /// One method: how it is called, its options, an example.
  package func method(_ method: MethodDescription) -> String {
    var text = method.summary.isEmpty ? "" : method.summary + "\n\n"
    text += language.pick("USAGE: ", zh: "用法：") + usage(method) + "\n"
    if !method.parameters.isEmpty {
      text +=
        language.pick("\nOPTIONS:\n", zh: "\n选项：\n")
        + rows(method.parameters.flatMap { option($0, method.vocabulary) })
    }
    if method.cursor != nil {
      text += rows([("--all", language.pick("all pages, to the last", zh: "读取所有页"))])
    }
    if method.disclosesPersonalData {
      text += language.pick(
        "\nDiscloses personal data: --purpose CODE and --reason TEXT are required and recorded.\n",
        zh: "\n涉及个人信息：必须给出 --purpose 代码 和 --reason 理由，并会记录在案。\n")
    }
    let clashes = method.parameters.map { "--" + $0.name }.filter { CommonOption.takesValue($0) != nil }
    if !clashes.isEmpty {
      let names = clashes.joined(separator: language.comma)
      text += language.pick(
        "\nThis method has a \(names) of its own; the one of the call goes before '\(method.module)'.\n",
        zh: "\n该方法自身有 \(names)；调用本身的同名选项须写在“\(method.module)”之前。\n")
    }
    if let example = method.examples.first {
      text += language.pick("\nEXAMPLE:\n  ", zh: "\n示例：\n  ") + commandLine(method, example.params) + "\n"
    }
    text += language.pick(
      "\nOptions of every command: stationctl --help\n", zh: "\n各命令通用的选项：stationctl --help\n")
    return text
  }

  /// `stationctl support get ID --urgency WORD [options]`
  package func usage(_ method: MethodDescription) -> String {
    var text = "stationctl \(method.module) \(method.typed)"
    for parameter in method.positional {
      let name = MethodDescription.kebab(parameter.name).uppercased()
      text += parameter.required ? " \(name)" : " [\(name)]"
    }
    for parameter in method.parameters where parameter.required && parameter.position == nil {
      text += " --" + MethodDescription.kebab(parameter.name)
      if !parameter.shape.placeholder.isEmpty { text += " " + parameter.shape.placeholder }
    }
    if method.parameters.contains(where: { !$0.required && $0.position == nil }) {
      text += language.pick(" [options]", zh: " [选项]")
    }
    return text
  }

  private func option(
    _ parameter: MethodDescription.Parameter, _ vocabulary: Vocabulary
  ) -> [(String, String)] {
    let name = "--" + MethodDescription.kebab(parameter.name)
    var about = parameter.about
    var notes: [String] = []
    if parameter.required { notes.append(language.pick("required", zh: "必填")) }
    if parameter.isList { notes.append(language.pick("repeatable", zh: "可重复")) }
    let words = words(of: parameter, vocabulary)
    if let words { notes.append(words) }
    if case .integer(let minimum?, let maximum?) = parameter.shape { notes.append("\(minimum)…\(maximum)") }
    if !notes.isEmpty {
      let space = about.isEmpty ? "" : " "
      about += language.pick(
        "\(space)(\(notes.joined(separator: ", ")))", zh: "（\(notes.joined(separator: "，"))）")
    }
    let placeholder = words == nil ? parameter.shape.placeholder : "WORD"
    var options = [(name + (placeholder.isEmpty ? "" : " " + placeholder), about)]
    if case .object(let members, _) = parameter.shape {
      options += members.map { member in
        let placeholder = member.shape.placeholder
        let about = member.about.isEmpty ? vocabulary.about(member.name, in: parameter.name) : member.about
        return ("\(name).\(member.name)" + (placeholder.isEmpty ? "" : " " + placeholder), about)
      }
    }
    return options
  }

  /// The words that a parameter takes, with what they are called; nil where the placeholder says it all.
  private func words(of parameter: MethodDescription.Parameter, _ vocabulary: Vocabulary) -> String? {
    let words = parameter.shape.words
    let named = words.map { word in
      let called = vocabulary.word(word, of: parameter.name)
      return called == word ? word : "\(word) \(called)"
    }
    return words.count > 6 || named != words ? named.joined(separator: "|") : nil
  }

  private func commandLine(_ method: MethodDescription, _ params: JSONObject) -> String {
    var text = "stationctl \(method.module) \(method.typed)"
    if method.disclosesPersonalData { text += " --purpose CODE --reason 'TEXT'" }
    for (key, value) in params where key != "meta" {
      let name = "--" + MethodDescription.kebab(key)
      switch value {
      case .bool(true): text += " \(name)"
      case .bool(false): text += " --no-" + MethodDescription.kebab(key)
      case .array(let elements):
        for element in elements { text += " \(name) \(Shell.quote(word(element)))" }
      default: text += " \(name) \(Shell.quote(word(value)))"
      }
    }
    return text
  }

  private func word(_ value: JSONValue) -> String { value.stringValue ?? value.encodedString }

  private func rows(_ rows: [(String, String)]) -> String {
    let width = min(rows.map { DisplayWidth.columns($0.0) }.max() ?? 0, 34)
    return rows.reduce(into: "") { text, row in
      let padding = String(repeating: " ", count: max(0, width - DisplayWidth.columns(row.0)))
      text += row.1.isEmpty ? "  \(row.0)\n" : "  \(row.0)\(padding)  \(row.1)\n"
    }
  }
}

extension MethodDescription {
  /// The method's part of the name as it is typed: `unit get`.
  package var typed: String {
    String(decoding: verb.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
  }
}
