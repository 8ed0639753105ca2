import StationKit
import Synchronization

/// The registry's modules with the SQL of their collections.
package final class Catalog: Sendable {
  package let registry: Registry
  /// The keys that personal data is read and written with.
  package let vault: Vault
  private let plans: [String: [String: CollectionPlan]]

  package convenience init(_ registry: Registry, vault: Vault) {
    self.init(registry, vault: vault, after: nil)
  }

  /// - Parameter former: modules that are the same objects keep what it knows of their collections.
  init(_ registry: Registry, vault: Vault, after former: Catalog?) {
    self.registry = registry
    self.vault = vault
    plans = registry.modules.mapValues { module in
      if let former, let plans = former.plans[module.name], former.registry.modules[module.name] === module {
        return plans
      }
      return module.collections.mapValues(CollectionPlan.init)
    }
  }

  /// The plans that `former` does not have, which are to be migrated.
  func plans(notIn former: Catalog) -> [CollectionPlan] {
    allPlans.filter { plan in !former.allPlans.contains { $0 === plan } }
  }

  func plan(_ module: String, _ collection: String) -> CollectionPlan? { plans[module]?[collection] }

  /// The collections of a module, in the order of their names.
  func plans(of module: String) -> [CollectionPlan] {
    (plans[module] ?? [:]).values.sorted { $0.table < $1.table }
  }

  /// The collection whose records a deadline of the store's own removes.
  func retention(_ deadline: String) -> CollectionPlan? {
    guard deadline.hasPrefix(RetentionRule.prefix) else { return nil }
    return allPlans.first { $0.retention?.deadline == deadline }
  }

  var allPlans: [CollectionPlan] {
    plans.values.flatMap(\.values).sorted { $0.table < $1.table }
  }
}

/// The catalog that counts now. A transaction takes it once and keeps to it.
final class LiveCatalog: Sendable {
  private let state: Mutex<Catalog>

  init(_ catalog: Catalog) { state = Mutex(catalog) }

  var now: Catalog { state.withLock { $0 } }
  func set(_ catalog: Catalog) { state.withLock { $0 = catalog } }
}
