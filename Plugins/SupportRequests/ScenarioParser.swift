import StationKit

/// Reads one scenario of the catalogue, with its local overrides.
struct ScenarioParser {
  let number: Int
  let data: CatalogueReader
  let local: CatalogueReader
  let header: Catalogue.Header

  func scenario() throws(CatalogueError) -> Scenario {
    _ = try data.object(allowed: [
      "number", "name", "active", "owners", "owners_note", "branch", "limits", "source", "eligibility",
      "transfer",
      "approval",
    ])
    if !local.isAbsent { _ = try local.object(allowed: ["owners", "limits", "active"]) }
    let active = try choose("active").isAbsent ? true : choose("active").bool()
    let owners = try owners(choose("owners"), active: active)
    return Scenario(
      number: number, name: try data["name"].name(), active: active, owners: owners,
      ownersNote: data["owners_note"].isAbsent ? nil : try data["owners_note"].name(),
      branch: try branch(), limits: try limits(active: active),
      eligibility: try data["eligibility"].isAbsent
        ? [] : data["eligibility"].elements().map { element throws(CatalogueError) in try marker(element) },
      transfer: data["transfer"].isAbsent ? nil : try marker(data["transfer"]),
      approval: data["approval"].isAbsent ? nil : try approval(data["approval"]),
      version: header.version,
      source: data["source"].isAbsent ? header.source : try data["source"].string(),
      coordination: header.coordination)
  }

  private func choose(_ key: String) -> CatalogueReader { local[key].isAbsent ? data[key] : local[key] }

  private func owners(_ place: CatalogueReader, active: Bool) throws(CatalogueError) -> [String] {
    if place.isAbsent, !active { return [] }
    if place.isAbsent { throw place.error("an active scenario needs an owning department") }
    var owners: [String] = []
    for element in try place.elements() {
      let id = try element.unit()
      guard !owners.contains(id) else { throw element.error("is listed twice") }
      owners.append(id)
    }
    if owners.isEmpty, active { throw place.error("an active scenario needs an owning department") }
    return owners
  }

  private func branch() throws(CatalogueError) -> Scenario.Branch {
    let place = data["branch"]
    if place.isAbsent { return .owner }
    guard let branch = Scenario.Branch(rawValue: try place.string()) else {
      throw place.error("must be one of owner, lead, join")
    }
    return branch
  }

  /// Limits of an inactive scenario may be absent: a day that nobody will count by stands in.
  private func limits(active: Bool) throws(CatalogueError) -> LimitTable {
    let place = choose("limits")
    if place.isAbsent, !active {
      let idle = Limits(response: .calendarDays(1), support: .calendarDays(1))
      return LimitTable(immediate: idle, urgent: idle, routine: idle)
    }
    if place.isAbsent {
      throw place.error("an active scenario needs a response limit and a completion limit")
    }
    _ = try place.object(allowed: Urgency.allCases.map(\.rawValue))
    return LimitTable(
      immediate: try limits(place["immediate"]), urgent: try limits(place["urgent"]),
      routine: try limits(place["routine"]))
  }

  private func limits(_ place: CatalogueReader) throws(CatalogueError) -> Limits {
    if place.isAbsent { throw place.error("needs a response limit and a completion limit") }
    _ = try place.object(allowed: ["response", "support"])
    if place["response"].isAbsent { throw place["response"].error("a response limit is needed") }
    if place["support"].isAbsent { throw place["support"].error("a completion limit is needed") }
    let limits = Limits(response: try place["response"].term(), support: try place["support"].term())
    try header.check(limits.response, place["response"])
    try header.check(limits.support, place["support"])
    return limits
  }

  private func rule(_ place: CatalogueReader) throws(CatalogueError) -> Rule {
    let id = try place["id"].string()
    guard JSONSchemaFormat.id.accepts(id), id.hasPrefix("support.") else {
      throw place["id"].error("must be an id that starts with 'support.'")
    }
    return Rule(
      id: id, version: try place["version"].string(),
      effective: place["effective"].isAbsent ? header.effective : try place["effective"].date(),
      source: place["source"].isAbsent ? header.source : try place["source"].string(),
      summary: try place["name"].name())
  }

  private static let ruleMembers = ["id", "version", "effective", "source", "name"]

  private func marker(_ place: CatalogueReader) throws(CatalogueError) -> Scenario.Marker {
    _ = try place.object(allowed: Self.ruleMembers + ["when"])
    return Scenario.Marker(rule: try rule(place), when: try condition(place["when"], depth: 0))
  }

  private func approval(_ place: CatalogueReader) throws(CatalogueError) -> Scenario.Approval {
    _ = try place.object(allowed: Self.ruleMembers + ["holds_start", "unless_false"])
    let unless = place["unless_false"]
    return Scenario.Approval(
      rule: try rule(place), holdsStart: try place["holds_start"].bool(),
      unlessFalse: unless.isAbsent ? nil : try fact(unless, Facts.flags))
  }

  private func condition(_ place: CatalogueReader, depth: Int) throws(CatalogueError) -> Condition {
    guard depth < 8 else { throw place.error("is nested too deeply") }
    guard let object = place.value?.objectValue, object.count == 1, let kind = object.first?.key else {
      throw place.error("must have one member that names the condition")
    }
    let here = place[kind]
    switch kind {
    case "all", "any":
      var parts: [Condition] = []
      for element in try here.elements() { parts.append(try condition(element, depth: depth + 1)) }
      guard !parts.isEmpty else { throw here.error("must not be empty") }
      return kind == "all" ? .all(parts) : .any(parts)
    case "at_least":
      _ = try here.object(allowed: ["fact", "value"])
      return .atLeast(fact: try fact(here["fact"], Facts.counts), try here["value"].int(0...1_000_000))
    case "below":
      _ = try here.object(allowed: ["fact", "value"])
      return .below(fact: try fact(here["fact"], Facts.counts), try here["value"].int(0...1_000_000))
    case "is_true":
      return .isTrue(fact: try fact(here, Facts.flags))
    case "is_word":
      _ = try here.object(allowed: ["fact", "value"])
      let name = try fact(here["fact"], Array(Facts.words.keys))
      let word = try here["value"].string()
      guard Facts.words[name]?.contains(word) == true else {
        throw here["value"].error("is not a word of the fact")
      }
      return .isWord(fact: name, word)
    case "fewer_than":
      _ = try here.object(allowed: ["left", "times", "right"])
      return .fewerThan(
        left: try fact(here["left"], Facts.counts), times: try here["times"].int(1...1000),
        right: try fact(here["right"], Facts.counts))
    default:
      throw here.error("is not a known condition")
    }
  }

  private func fact(_ place: CatalogueReader, _ known: [String]) throws(CatalogueError) -> String {
    let name = try place.string()
    guard known.contains(name) else { throw place.error("'\(name)' is not a fact of that type") }
    return name
  }
}
