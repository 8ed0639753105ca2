import StationKit

/// What access rules name that nothing answers to. It is no mistake of form, and may come later; but until then a role
/// allows less than it seems to.
struct AccessReview {
  /// The rules' file, as its reader was asked for it.
  let file: String
  let trace: KeyTrace
  /// What the configuration's modules offer.
  let registry: Registry
  /// Modules whose methods cannot be told beforehand: those of plugins, and those that are switched off.
  let opaque: Set<String>
  /// The ids of the organisation's file; nil where the configuration names none.
  let units: Set<String>?

  /// A line each, with file and line.
  var warnings: [String] {
    trace.words.compactMap { word in
      guard let what = what(word) else { return nil }
      return "\(file):\(word.line.map { "\($0): " } ?? "")warning: '\(word.key)': \(what)"
    }
  }

  private func what(_ word: KeyTrace.Word) -> String? {
    if word.key.hasPrefix("roles."), word.key.hasSuffix(".methods") { return method(word.text) }
    if word.key.hasPrefix("roles."), word.key.hasSuffix(".approves") { return action(word.text) }
    if word.key.hasPrefix("bindings["), word.key.hasSuffix(".unit") || word.key.hasSuffix(".supports") {
      return unit(word.text)
    }
    return nil
  }

  private func method(_ text: String) -> String? {
    guard let pattern = MethodPattern(text), !registry.methods.keys.contains(where: pattern.matches) else {
      return nil
    }
    if let missing = module(of: text) { return missing }
    guard !opaque.contains(Self.module(text)) else { return nil }
    return "no method is '\(text)'" + hint(text, registry.methods.keys.sorted())
  }

  /// What modules ask a second person for has names of their own, so that only the module is known. A module's bare name
  /// is none of them.
  private func action(_ text: String) -> String? {
    if text == "*" { return nil }
    if let missing = module(of: text) { return missing }
    return registry.modules[text] == nil ? nil : "no action is '\(text)' (did you mean '\(text).*'?)"
  }

  /// Names the module of a pattern where it is none of the daemon's or of a plugin.
  private func module(of text: String) -> String? {
    let name = Self.module(text)
    guard registry.modules[name] == nil, !opaque.contains(name) else { return nil }
    return "there is no module and no plugin '\(name)'" + hint(name, registry.modules.keys.sorted())
  }

  private func unit(_ text: String) -> String? {
    guard let units, !units.contains(text) else { return nil }
    return "the organisation's file has no unit '\(text)'" + hint(text, units.sorted())
  }

  private func hint(_ text: String, _ known: [String]) -> String {
    YAMLReader.nearest(to: text, among: known).map { " (did you mean '\($0)'?)" } ?? ""
  }

  private static func module(_ pattern: String) -> String { String(pattern.prefix { $0 != "." }) }
}
