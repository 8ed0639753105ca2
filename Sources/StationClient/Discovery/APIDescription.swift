import StationJSON

/// All that the daemon offers, from `rpc.discover` (an OpenRPC 1.3 document).
package struct APIDescription: Sendable {
  package let methods: [MethodDescription]
  /// The codes of the purposes for which personal data is disclosed.
  package let purposes: [String]
  /// What the modules are called, by name; a module without a title is missing.
  private let titles: [String: String]

  package init(_ document: JSONValue, language: Language) {
    let words = Vocabulary.words(in: document, language: language)
    methods = (document["methods"]?.arrayValue ?? [])
      .compactMap { MethodDescription($0, root: document, words: words, language: language) }
      .sorted { $0.name < $1.name }
    var titles: [String: String] = [:]
    for module in document["x-modules"]?.arrayValue ?? [] {
      guard let name = module["name"]?.stringValue, let english = module["title"]?.stringValue else {
        continue
      }
      titles[name] = language.pick(english, zh: module["title_zh"]?.stringValue ?? english)
    }
    self.titles = titles
    let purpose = document["components"]?["schemas"]?["Meta"]?["properties"]?["purpose"]
    purposes = purpose?["enum"]?.arrayValue?.compactMap(\.stringValue) ?? []
  }

  /// Asks the daemon.
  package init(from client: Client, language: Language) throws(ClientError) {
    self.init(try client.call("rpc.discover"), language: language)
  }

  /// The modules' names, in order.
  package var modules: [String] {
    var names: [String] = []
    for method in methods where names.last != method.module { names.append(method.module) }
    return names
  }

  /// What the module is called; empty if the daemon does not say.
  package func title(of module: String) -> String { titles[module] ?? "" }

  /// The methods of a module.
  package func methods(of module: String) -> [MethodDescription] {
    methods.filter { $0.module == module }
  }

  /// The method that the words start with, and the words after it: `directory unit get X`,
  /// `directory unit.get X` and `directory.unit.get X` are one. The longest name wins.
  package func method(in words: ArraySlice<String>) -> (MethodDescription, rest: ArraySlice<String>)? {
    for count in stride(from: min(words.count, 4), through: 1, by: -1) {
      let name = words.prefix(count).joined(separator: ".")
      let found =
        methods.first { $0.name == name } ?? methods.first { $0.name == MethodDescription.snake(name) }
      if let found { return (found, words.dropFirst(count)) }
    }
    return nil
  }
}
