import Approval
import Directory
import Mediation
import ModuleTesting
import StationKit
import SupportRequests

/// The modules that mediation works with, in one store. Apart, because several of them have a `State`.
enum Bureau {
  private static let catalogue = Fixture.file("etc/support/scenarios.json")
  private static let shipped = Result { try modules(catalogue, Fixture.rulesValue) }

  static func store(_ configuration: JSONValue?, now: Instant, scenario8: Bool) throws -> TestStore {
    if configuration == nil, scenario8 { return try TestStore(try shipped.get(), now: now) }
    let catalogue = scenario8 ? catalogue : without8(catalogue)
    return try TestStore(try modules(catalogue, configuration ?? Fixture.rulesValue), now: now)
  }

  private static func modules(_ catalogue: JSONValue, _ rules: JSONValue) throws -> [Module] {
    [
      Directory.module(), Approval.module(), try SupportRequests.module(configuration: catalogue),
      try Mediation.module(configuration: rules),
    ]
  }

  /// The modules beside mediation.
  static func others() throws -> [Module] {
    try shipped.get().filter { $0.name != "mediation" }
  }

  private static func without8(_ catalogue: JSONValue) -> JSONValue {
    var root = catalogue.objectValue ?? [:]
    var list = root["scenarios"]?.arrayValue ?? []
    var scenario = list[7].objectValue ?? [:]
    scenario["active"] = false
    list[7] = .object(scenario)
    root["scenarios"] = .array(list)
    return .object(root)
  }
}
