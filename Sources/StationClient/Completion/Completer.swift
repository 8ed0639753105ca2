/// What could come next on a command line.
package struct Completer: Sendable {
  package struct Candidate: Sendable, Equatable {
    package let word: String
    package let about: String

    package init(_ word: String, _ about: String = "") {
      self.word = word
      self.about = about
    }
  }

  private let api: APIDescription?
  private let language: Language

  /// `api` is nil while the daemon is not there; then only what needs none is offered.
  package init(api: APIDescription?, language: Language) {
    self.api = api
    self.language = language
  }

  /// The candidates for the last of the words, which may be empty. `words` do not include the program's name.
  package func candidates(for words: [String]) -> [Candidate] {
    guard let current = words.last else { return [] }
    let before = CommonOption.split(Array(words.dropLast()))
    let previous = words.count > 1 ? words[words.count - 2] : ""
    return all(before: before.rest, previous: previous, current: current)
      .filter { $0.word.utf8.starts(with: current.utf8) }
  }

  private func all(before: [String], previous: String, current: String) -> [Candidate] {
    if let values = commonValues(of: previous) { return values }
    let isOption = current.utf8.starts(with: "-".utf8)
    guard let first = before.first else { return isOption ? commonOptions : firstWords }
    if first == "help" {
      return all(before: Array(before.dropFirst()), previous: previous, current: current)
    }
    if let api, let (method, rest) = api.method(in: before[...]) {
      return self.method(method, rest: Array(rest), previous: previous, isOption: isOption)
    }
    if first == "call", !isOption {
      guard before.count > 1 else { return (api?.methods ?? []).map { Candidate($0.name, $0.summary) } }
      return keys(of: before[1], given: before.dropFirst(2))
    }
    var found: [Candidate] = []
    if let command = StaticCommand.all.first(where: { $0.name == first }) {
      if isOption {
        let own = command.options + (before.dropFirst().first.flatMap { command.subcommandOptions[$0] } ?? [])
        // The idempotency key is for calls.
        return own.map { Candidate($0) } + commonOptions.filter { $0.word != "--key" }
      }
      if before.count == 1 { found = command.subcommands.map { Candidate($0) } }
    }
    return found + verbs(after: before)
  }

  /// The params of a method that are not given yet, for `call`.
  private func keys(of name: String, given: ArraySlice<String>) -> [Candidate] {
    guard let method = api?.methods.first(where: { $0.name == name }) else { return [] }
    return method.parameters.map { Candidate($0.name + "=", $0.about) }
      .filter { key in !given.contains { $0.hasPrefix(key.word) } }
  }

  private var firstWords: [Candidate] {
    let names = StaticCommand.all.map(\.name)
    let modules = (api?.modules ?? []).filter { !names.contains($0) }
    return StaticCommand.all.map { Candidate($0.name, $0.about(language)) }
      + modules.map { Candidate($0, api?.title(of: $0) ?? "") }
  }

  private var commonOptions: [Candidate] {
    CommonOption.names.map { Candidate($0) } + [Candidate("--version")]
  }

  private func commonValues(of option: String) -> [Candidate]? {
    switch option {
    case "--purpose": api?.purposes.map { Candidate($0) } ?? []
    case "--lang": Language.allCases.map { Candidate($0.rawValue) }
    default: CommonOption.takesValue(option) == true ? [] : nil
    }
  }

  /// The next part of the names that start with these words.
  private func verbs(after words: [String]) -> [Candidate] {
    let start = words.joined(separator: ".") + "."
    var found: [Candidate] = []
    for method in api?.methods ?? [] where method.name.utf8.starts(with: start.utf8) {
      let rest = method.name.dropFirst(start.count)
      let word = String(rest.prefix { $0 != "." })
      if found.last?.word != word { found.append(Candidate(word, rest == word ? method.summary : "")) }
    }
    return found
  }

  private func method(
    _ method: MethodDescription, rest: [String], previous: String, isOption: Bool
  ) -> [Candidate] {
    if previous.utf8.starts(with: "--".utf8), let value = values(of: previous, method: method) {
      return value
    }
    guard isOption else {
      let places = method.positional
      let given = rest.count { !$0.utf8.starts(with: "-".utf8) }
      return given < places.count ? places[given].shape.candidates.map { Candidate($0) } : []
    }
    var options = method.parameters.map { Candidate("--" + MethodDescription.kebab($0.name), $0.about) }
    for parameter in method.parameters {
      guard case .object(let members, _) = parameter.shape else { continue }
      options += members.map {
        Candidate("--\(MethodDescription.kebab(parameter.name)).\($0.name)", $0.about)
      }
    }
    if method.cursor != nil { options.append(Candidate("--all")) }
    return options + commonOptions
  }

  /// The values of an option; nil if it takes none or is none.
  private func values(of option: String, method: MethodDescription) -> [Candidate]? {
    let path = option.dropFirst(2).split(separator: ".")
    guard let first = path.first, let parameter = method.parameter(named: String(first)) else { return nil }
    var shape = parameter.shape
    for part in path.dropFirst() {
      guard case .object(let members, _) = shape, let member = members.first(where: { $0.name == part })
      else {
        return []
      }
      shape = member.shape
    }
    return shape == .boolean ? nil : shape.candidates.map { Candidate($0) }
  }
}
