import StationJSON

/// All modules of one daemon, checked and compiled: what may be called, stored, fired and emitted.
///
/// Immutable once made: a changed set of modules is a new registry.
package final class Registry: Sendable {
  package let modules: [String: CompiledModule]
  /// By full name, `support.open`.
  package let methods: [String: CompiledMethod]
  /// Names of modules that are to come: a call to one of their methods is `unavailable`, not unknown.
  package let expected: Set<String>

  /// - Throws: ``RegistryError`` naming the first declaration that is refused.
  package convenience init(_ declared: [Module], expected: Set<String> = []) throws(RegistryError) {
    var modules: [String: CompiledModule] = [:]
    for module in declared {
      guard modules[module.name] == nil else {
        throw RegistryError("module '\(module.name)' is declared twice")
      }
      modules[module.name] = try CompiledModule(module)
    }
    try self.init(modules, expected)
  }

  private init(_ modules: [String: CompiledModule], _ expected: Set<String>) throws(RegistryError) {
    var methods: [String: CompiledMethod] = [:]
    for module in modules.values {
      for method in module.methods { methods[method.fullName] = method }
    }
    for module in modules.values.sorted(by: { $0.name < $1.name }) {
      for target in module.declaration.calls {
        guard let method = methods[target] else {
          throw RegistryError("module '\(module.name)' calls '\(target)', which no module offers")
        }
        guard method.moduleName != module.name else {
          throw RegistryError("module '\(module.name)' lists its own method '\(target)' in calls")
        }
        guard !method.declaration.answersPeopleOnly else {
          throw RegistryError(
            "module '\(module.name)' calls '\(target)', which answers people only and no other module")
        }
        guard method.declaration.handler.body.local != nil else {
          throw RegistryError(
            "module '\(module.name)' calls '\(target)', which runs in a process of its own:"
              + " no transaction can wait for it")
        }
      }
    }
    self.modules = modules
    self.methods = methods
    self.expected = expected
  }

  /// Whether a module tells events of this kind (`support.opened`), or one that is to come may.
  package func mayTell(_ kind: String) -> Bool {
    let module = String(kind.prefix { $0 != "." })
    guard let known = modules[module] else { return expected.contains(module) }
    return known.events[String(kind.dropFirst(module.count + 1))] != nil
  }

  /// The same registry with one module added or exchanged. All others stay as they are, also as objects.
  package func adopting(_ module: Module) throws(RegistryError) -> Registry {
    var modules = modules
    modules[module.name] = try CompiledModule(module)
    return try Registry(modules, expected)
  }
}

/// A declaration that cannot be registered.
package struct RegistryError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
