import StationJSON

/// All modules of one daemon, checked and compiled: what may be called, stored, fired and emitted.
///
/// Immutable once made: a changed set of modules is a new registry.
package final class Registry: Sendable {
  package let modules: [String: CompiledModule]
  /// By full name, `support.open`.
  package let methods: [String: CompiledMethod]

  /// - Throws: ``RegistryError`` naming the first declaration that is refused.
  package init(_ declared: [Module]) throws(RegistryError) {
    var modules: [String: CompiledModule] = [:]
    var methods: [String: CompiledMethod] = [:]
    for module in declared {
      guard modules[module.name] == nil else {
        throw RegistryError("module '\(module.name)' is declared twice")
      }
      let compiled = try CompiledModule(module)
      modules[module.name] = compiled
      for method in compiled.methods { methods[method.fullName] = method }
    }
    for module in declared {
      for target in module.calls {
        guard let method = methods[target] else {
          throw RegistryError("module '\(module.name)' calls '\(target)', which no module offers")
        }
        guard method.moduleName != module.name else {
          throw RegistryError("module '\(module.name)' lists its own method '\(target)' in calls")
        }
      }
    }
    self.modules = modules
    self.methods = methods
  }
}

/// A declaration that cannot be registered.
package struct RegistryError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
