import StationKit

/// The registry's modules with the SQL of their collections.
package final class Catalog: Sendable {
  package let registry: Registry
  /// The keys that personal data is read and written with.
  package let vault: Vault
  private let plans: [String: [String: CollectionPlan]]

  package init(_ registry: Registry, vault: Vault) {
    self.registry = registry
    self.vault = vault
    plans = registry.modules.mapValues { $0.collections.mapValues(CollectionPlan.init) }
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
