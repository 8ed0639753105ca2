import Approval
import Directory
import Mediation
import ModuleTesting
import StationKit
import SupportRequests

/// The modules that mediation works with, in one store. Apart, because several of them have a `State`.
enum Bureau {
  static func store(_ configuration: JSONValue, now: Instant, scenario8: Bool) throws -> TestStore {
    let shipped = Fixture.file("etc/support/scenarios.json")
    let catalogue = scenario8 ? shipped : without8(shipped)
    return try TestStore(
      [
        Directory.module(), Approval.module(), try SupportRequests.module(configuration: catalogue),
        try Mediation.module(configuration: configuration),
      ], now: now)
  }

  /// The modules beside mediation.
  static func others() throws -> [Module] {
    [
      Directory.module(), Approval.module(),
      try SupportRequests.module(configuration: Fixture.file("etc/support/scenarios.json")),
    ]
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
