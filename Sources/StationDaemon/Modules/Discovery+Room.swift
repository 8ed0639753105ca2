import StationKit

/// Clients learn all methods in one answer: no plugin may make that too long for everybody.
extension Discovery {
  /// Bytes of what is told of one module's methods, rules, life cycles and words.
  static let moduleBytes = 256 << 10
  /// Bytes that may stand around the document in its answer.
  private static let envelopeBytes = 4 << 10

  /// The registry with one module added or exchanged.
  ///
  /// - Parameter answerBytes: of one answer at most.
  /// - Throws: also where there is no room for the module's description.
  static func adopting(
    _ module: Module, to registry: Registry, answerBytes: Int
  ) throws(RegistryError) -> Registry {
    let next = try registry.adopting(module)
    guard let compiled = next.modules[module.name] else { return next }
    let words = JSONValue.words(module.words)
    let described = JSONValue.array(compiled.methods.map(method) + [self.module(compiled), words]).encoded()
      .count
    guard described <= moduleBytes else {
      throw RegistryError(
        "the description of its methods has \(described) bytes, and clients are told \(moduleBytes) at most:"
          + " shorten its texts, words and examples")
    }
    let all = document(of: next, version: "").encoded().count + envelopeBytes
    guard all <= answerBytes else {
      throw RegistryError(
        "with it, the description of all methods would be longer than one answer (limits.answer_bytes)")
    }
    return next
  }
}
