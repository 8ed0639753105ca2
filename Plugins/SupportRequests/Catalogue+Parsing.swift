import StationKit

extension Catalogue {
  /// Checks a configuration: the catalogue file, with local overrides in its member `local`.
  ///
  /// `local` may replace `rungs`, `feedback_limit`, `service_hours` and, under `scenarios` by number, a
  /// scenario's `owners`, `limits` and `active`. It carries a `version` of its own, which becomes part of the
  /// version that requests pin.
  ///
  /// - Throws: ``CatalogueError`` for the first fault.
  package static func parse(_ configuration: JSONValue) throws(CatalogueError) -> Catalogue {
    let root = CatalogueReader(configuration)
    _ = try root.object(allowed: [
      "$comment", "version", "effective", "source", "coordination", "command_centre", "criminal_brigade",
      "rungs", "feedback_limit", "service_hours", "scenarios", "local",
    ])
    let local = root["local"]
    if !local.isAbsent {
      _ = try local.object(allowed: ["version", "rungs", "feedback_limit", "service_hours", "scenarios"])
    }
    let base = try root["version"].string()
    let version = local.isAbsent ? base : "\(base)+\(try local["version"].string())"
    func choose(_ key: String) -> CatalogueReader { local[key].isAbsent ? root[key] : local[key] }

    let hours = choose("service_hours")
    let serviceHours = hours.isAbsent ? nil : try parseHours(hours)
    let effective = try root["effective"].date()
    let source = try root["source"].string()
    let coordination = try root["coordination"].unit()
    let header = Header(
      version: version, effective: effective, source: source, coordination: coordination,
      hasServiceHours: serviceHours != nil)
    let feedback = try choose("feedback_limit").term()
    try header.check(feedback, choose("feedback_limit"))
    return Catalogue(
      version: version, effective: effective, source: source,
      coordination: coordination,
      commandCentre: try root["command_centre"].unit(),
      criminalBrigade: try root["criminal_brigade"].unit(),
      rungs: try parseRungs(choose("rungs")),
      feedbackLimit: feedback, serviceHours: serviceHours,
      scenarios: try parseScenarios(root["scenarios"], local["scenarios"], header))
  }

  /// What scenarios take from the whole.
  struct Header {
    let version: String
    let effective: String
    let source: String
    let coordination: String
    let hasServiceHours: Bool

    func check(_ term: Term, _ place: CatalogueReader) throws(CatalogueError) {
      if case .workingMinutes = term.length, !hasServiceHours {
        throw place.error("a limit in working minutes needs service_hours")
      }
    }
  }

  private static func parseScenarios(
    _ list: CatalogueReader, _ local: CatalogueReader, _ header: Header
  ) throws(CatalogueError) -> [Scenario] {
    var found: [Int: Scenario] = [:]
    for element in try list.elements() {
      let number = try element["number"].int(1...count)
      let override = local.isAbsent ? CatalogueReader(nil) : local[String(number)]
      let scenario = try ScenarioParser(
        number: number, data: CatalogueReader(element.value, scenario: number, at: element.pointer),
        local: CatalogueReader(override.value, path: "local", scenario: number, at: override.pointer),
        header: header
      ).scenario()
      guard found.updateValue(scenario, forKey: number) == nil else {
        throw CatalogueError(
          scenario: number, member: "number", reason: "is listed twice",
          pointer: element.pointer.appending("number"))
      }
    }
    if !local.isAbsent {
      for key in try local.object(allowed: (1...count).map(String.init)).keys
      where found[Int(key) ?? 0] == nil {
        throw local[key].error("there is no such scenario")
      }
    }
    var scenarios: [Scenario] = []
    for number in 1...count {
      guard let scenario = found[number] else {
        throw CatalogueError(
          scenario: number, member: "number", reason: "is missing from the catalogue", pointer: list.pointer)
      }
      scenarios.append(scenario)
    }
    return scenarios
  }

  private static func parseRungs(_ list: CatalogueReader) throws(CatalogueError) -> [Rung] {
    var rungs: [Rung] = []
    for element in try list.elements() {
      _ = try element.object(allowed: ["percent", "to"])
      let percent = try element["percent"].int(1...1000)
      guard percent > rungs.last?.percent ?? 0 else {
        throw element["percent"].error("must rise from rung to rung")
      }
      var to: [Rung.Recipient] = []
      for recipient in try element["to"].elements() {
        switch try recipient.unit() {
        case "owner": to.append(.owner)
        case "duty_leader": to.append(.dutyLeader)
        case "coordination": to.append(.coordination)
        case let unit: to.append(.unit(unit))
        }
      }
      guard !to.isEmpty else { throw element["to"].error("must name someone") }
      rungs.append(Rung(percent: percent, to: to))
    }
    guard rungs.contains(where: { $0.percent == 100 }) else {
      throw list.error("must have a rung at 100 percent")
    }
    return rungs
  }

  private static func parseHours(_ place: CatalogueReader) throws(CatalogueError) -> ServiceHours {
    _ = try place.object(allowed: ["version", "windows"])
    var windows: [ServiceHours.Window] = []
    for element in try place["windows"].elements() {
      let bounds = try element.elements()
      guard bounds.count == 2 else {
        throw element.error("must be [opens, closes] in minutes after midnight")
      }
      windows.append(
        ServiceHours.Window(opens: try bounds[0].int(0...1440), closes: try bounds[1].int(0...1440)))
    }
    do {
      return try ServiceHours(version: try place["version"].string(), everyWorkingDay: windows)
    } catch let error as CatalogueError {
      throw error
    } catch {
      throw place["windows"].error("must be in order, apart and not empty")
    }
  }
}
