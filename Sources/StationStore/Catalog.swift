import StationKit

/// The registry's modules with the SQL of their collections.
package final class Catalog: Sendable {
  package let registry: Registry
  private let plans: [String: [String: CollectionPlan]]

  package init(_ registry: Registry) {
    self.registry = registry
    plans = registry.modules.mapValues { $0.collections.mapValues(CollectionPlan.init) }
  }

  func plan(_ module: String, _ collection: String) -> CollectionPlan? { plans[module]?[collection] }

  var allPlans: [CollectionPlan] {
    plans.values.flatMap(\.values).sorted { $0.table < $1.table }
  }
}
