import StationKit

/// The catalogue of scenarios with the escalation that is common to all: checked data, never changed.
package final class Catalogue: Sendable {
  package let version: String
  /// First day it holds, `YYYY-MM-DD`.
  package let effective: String
  package let source: String
  /// The desk that coordinates support (强所办): every request and result is copied to it.
  package let coordination: String
  package let commandCentre: String
  package let criminalBrigade: String
  package let rungs: [Rung]
  /// From completion to the station's feedback.
  package let feedbackLimit: Term
  package let serviceHours: ServiceHours?
  /// In the order of their numbers, from 1.
  package let scenarios: [Scenario]

  init(
    version: String, effective: String, source: String, coordination: String, commandCentre: String,
    criminalBrigade: String, rungs: [Rung], feedbackLimit: Term, serviceHours: ServiceHours?,
    scenarios: [Scenario]
  ) {
    self.version = version
    self.effective = effective
    self.source = source
    self.coordination = coordination
    self.commandCentre = commandCentre
    self.criminalBrigade = criminalBrigade
    self.rungs = rungs
    self.feedbackLimit = feedbackLimit
    self.serviceHours = serviceHours
    self.scenarios = scenarios
  }

  /// How many scenarios the catalogue has.
  package static let count = 22

  /// The scenario of a number; nil if there is none.
  package func scenario(_ number: Int) -> Scenario? {
    scenarios.indices.contains(number - 1) ? scenarios[number - 1] : nil
  }

  /// The owners of a request's scenario.
  func owners(_ request: SupportRequest) -> [String] { scenario(request.scenario)?.owners ?? [] }

  /// Who may look at a request: all who are told of it.
  func readers(_ request: SupportRequest) -> [String] {
    // The coordination desk has a copy of everything.
    var units = owners(request) + [request.station, request.department, coordination]
    if let branch = request.branch { units.append(branch) }
    if request.urgency == .immediate { units.append(commandCentre) }
    if request.marks["transfer_to_criminal_brigade"] != nil { units.append(criminalBrigade) }
    return units
  }

  /// Every unit that the catalogue names, sorted: each must be in the directory.
  package var units: [String] {
    var units: Set<String> = [coordination, commandCentre, criminalBrigade]
    for scenario in scenarios where scenario.active { units.formUnion(scenario.owners) }
    for rung in rungs {
      for case .unit(let id) in rung.to { units.insert(id) }
    }
    return units.sorted()
  }

  /// The rules that catalogue data brings along.
  package var rules: [Rule] {
    scenarios.flatMap { scenario in
      scenario.eligibility.map(\.rule) + [scenario.transfer?.rule, scenario.approval?.rule].compactMap { $0 }
    }
  }
}
