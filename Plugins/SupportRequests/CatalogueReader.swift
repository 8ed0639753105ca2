import StationKit

/// One place in the configuration, for reading its members with errors that name the place.
struct CatalogueReader {
  let value: JSONValue?
  /// As errors name it: from the scenario on.
  let path: String
  let scenario: Int?
  /// From the file's root on.
  let pointer: JSONPointer

  init(_ value: JSONValue?, path: String = "", scenario: Int? = nil, at pointer: JSONPointer = JSONPointer())
  {
    self.value = value
    self.path = path
    self.scenario = scenario
    self.pointer = pointer
  }

  subscript(_ key: String) -> CatalogueReader {
    CatalogueReader(
      value?[key], path: path.isEmpty ? key : "\(path).\(key)", scenario: scenario, at: pointer.appending(key)
    )
  }

  var isAbsent: Bool { value == nil || value == .null }

  func error(_ reason: String) -> CatalogueError {
    CatalogueError(
      scenario: scenario, member: path.isEmpty ? "catalogue" : path, reason: reason, pointer: pointer)
  }

  func object(allowed: [String]) throws(CatalogueError) -> JSONObject {
    guard let object = value?.objectValue else { throw error("must be an object") }
    for key in object.keys where !allowed.contains(key) { throw self[key].error("is not a known member") }
    return object
  }

  func string() throws(CatalogueError) -> String {
    guard let text = value?.stringValue, !text.isEmpty else { throw error("must be a text") }
    return text
  }

  func int(_ range: ClosedRange<Int>) throws(CatalogueError) -> Int {
    guard let number = value?.intValue, range.contains(number) else {
      throw error("must be an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func bool() throws(CatalogueError) -> Bool {
    guard let bool = value?.boolValue else { throw error("must be true or false") }
    return bool
  }

  /// The id of a unit of the directory.
  func unit() throws(CatalogueError) -> String {
    let id = try string()
    guard JSONSchemaFormat.id.accepts(id) else { throw error("must be the id of a unit") }
    return id
  }

  func date() throws(CatalogueError) -> String {
    let text = try string()
    guard CivilDate(text) != nil else { throw error("must be a date, such as 2026-01-01") }
    return text
  }

  func elements() throws(CatalogueError) -> [CatalogueReader] {
    guard let array = value?.arrayValue else { throw error("must be a list") }
    return array.enumerated().map {
      CatalogueReader($1, path: "\(path).\($0)", scenario: scenario, at: pointer.appending($0))
    }
  }

  func name() throws(CatalogueError) -> Text {
    _ = try object(allowed: ["en", "zh"])
    return Text(try self["en"].string(), zh: try self["zh"].string())
  }

  /// A limit: an object with one unit of time.
  func term() throws(CatalogueError) -> Term {
    guard let object = value?.objectValue, object.count == 1, let (unit, amount) = object.first,
      let count = amount.intValue
    else { throw error("must name one unit of time and a number, such as {\"minutes\": 30}") }
    let term: Term
    switch unit {
    case "minutes": term = .minutes(count)
    case "hours": term = .hours(count)
    case "days": term = .calendarDays(count)
    case "working_days": term = .workingDays(count)
    case "months": term = .months(count)
    case "working_minutes": term = .workingMinutes(count)
    default: throw error("'\(unit)' is not a unit of time")
    }
    guard term.isWithinBounds else { throw error("is out of bounds") }
    return term
  }
}
