import StationKit
import StationStore
import Synchronization

/// Holds the units that the modules' data files name against the directory: what goes to one that is not there, nobody
/// answers.
final class UnitCheck: Sendable {
  /// What makes another look worth it.
  static let event = "directory.unit_changed"
  private static let kinds: Set<String> = ["bureau", "department", "desk"]

  /// Sorted.
  private let named: [String]
  private let found = Mutex<[String]>([])

  init(_ modules: [Module]) { named = Set(modules.flatMap(\.units)).sorted() }

  /// A line for each unit that a data file names and the organisation's file does not have.
  ///
  /// - Parameter units: the ids of the organisation's file; nil where the configuration names none.
  static func warnings(
    _ configuration: DaemonConfiguration, _ modules: [Module], units: Set<String>?
  ) -> [String] {
    guard let units else { return [] }
    return modules.flatMap { module in
      let file = BuiltInModule(rawValue: module.name).flatMap { configuration.modules[$0] } ?? module.name
      return module.units.filter { !units.contains($0) }.map {
        "\(file): warning: the organisation's file has no unit '\($0)'"
      }
    }
  }

  /// Those that the directory did not have, as active bureaus, departments or desks, when it was looked at last.
  var missing: [String] { found.withLock { $0 } }

  /// Looks on a reader thread; a directory without any unit is one that is to be filled yet.
  func look(_ store: Store) {
    let environment = store.environment
    let context = environment.context(
      environment.systemPrincipal, method: "system.health", now: environment.clock.now(), purpose: nil,
      reason: nil)
    store.read(as: "directory", context) { [self] tx in
      guard try !tx.query(Query("unit", limit: 1)).records.isEmpty else { return [] }
      return .array(try named.filter { try !Self.isThere(tx.get("unit", $0)) }.map(JSONValue.string))
    } done: { [self] answer in
      guard case .success(let units) = answer else { return }
      found.withLock { $0 = units.arrayValue?.compactMap(\.stringValue) ?? [] }
    }
  }

  private static func isThere(_ record: Record?) -> Bool {
    guard let record, let kind = record["kind"]?.stringValue else { return false }
    return kinds.contains(kind) && record["active"]?.boolValue == true
  }
}
