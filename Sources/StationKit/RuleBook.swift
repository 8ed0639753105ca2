import StationCalendar
import StationJSON

/// A module's rules with their numbers, read from its data file: every version, each with its first day.
///
/// A case keeps the rules it began under: it stores the day it began (`on`), and asks with that day ever
/// after. A changed rule is a further entry with a later day, never an edit.
public struct RuleBook: Sendable {
  /// One version of one rule.
  public struct Entry: Sendable {
    public let rule: Rule
    /// A local number, because the texts give none.
    public let isLocal: Bool
    public let values: JSONObject
    /// Where it stands in the data file.
    let place: JSONPointer

    /// A number of the rule. Which names there are is checked when the book is read.
    public func int(_ name: String) -> Int { values[name]?.intValue ?? 0 }
    public func strings(_ name: String) -> [String] {
      values[name]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// What is wrong with one of its numbers or lists.
    public func wrong(_ name: String, _ what: String) -> RuleBookError {
      RuleBookError(
        "\(rule.id): 'values.\(name)' \(what)", at: place.appending("values").appending(name))
    }
  }

  /// A rule that the module's code asks for, and the numbers that it must have.
  public struct Need: Sendable {
    public let id: String
    public let ints: [String]
    public let lists: [String]

    public init(_ id: String, ints: [String] = [], lists: [String] = []) {
      self.id = id
      self.ints = ints
      self.lists = lists
    }
  }

  /// Each rule's versions, the earliest first.
  private let entries: [String: [Entry]]
  /// Every version, for the module's declaration.
  public let table: [Rule]

  /// Reads `{"rules": [{"id", "version", "effective": "YYYY-MM-DD", "source", "local", "en", "zh",
  /// "values": {}}]}`.
  ///
  /// - Parameter beside: members of the file besides the rules and a `$comment`.
  /// - Throws: ``RuleBookError`` naming the rule and the member at fault: also where a needed rule or number
  ///   is missing, negative, or a rule or a member is given that nothing needs.
  public init(_ value: JSONValue, needs: [Need], beside: [String] = []) throws(RuleBookError) {
    try Self.requireKnown(value, ["$comment", "rules"] + beside, at: JSONPointer())
    let rules = JSONPointer(tokens: ["rules"])
    guard let list = value["rules"]?.arrayValue else {
      throw RuleBookError("'rules' must be a list", at: rules)
    }
    let needed = Dictionary(needs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var entries: [String: [Entry]] = [:]
    var table: [Rule] = []
    for (number, item) in list.enumerated() {
      let entry = try Self.entry(item, rules.appending(number), needed)
      guard entries[entry.rule.id, default: []].last.map({ $0.rule.effective < entry.rule.effective }) ?? true
      else {
        throw RuleBookError(
          "\(entry.rule.id): versions must stand in the order of their first days", at: entry.place)
      }
      entries[entry.rule.id, default: []].append(entry)
      table.append(entry.rule)
    }
    for need in needs where entries[need.id] == nil {
      throw RuleBookError("\(need.id): is missing", at: rules)
    }
    self.entries = entries
    self.table = table
  }

  /// - Throws: ``RuleBookError`` for a member that is not among these: a misspelt one would be passed over.
  public static func requireKnown(
    _ value: JSONValue?, _ known: [String], at place: JSONPointer
  ) throws(RuleBookError) {
    guard let unknown = value?.objectValue?.keys.first(where: { !known.contains($0) }) else { return }
    let name = (place.tokens + [unknown]).joined(separator: ".")
    throw RuleBookError(
      "'\(name)' is not known; expected \(known.joined(separator: ", "))", at: place.appending(unknown))
  }

  private static let members = ["id", "version", "effective", "source", "local", "en", "zh", "values"]

  /// The version in force on a day; the earliest where the day is before every version.
  ///
  /// - Throws: `internal_error` for a rule that was not named in `needs`.
  public func rule(_ id: String, on day: CivilDate) throws(RPCError) -> Entry {
    guard let versions = entries[id], let first = versions.first else { throw RPCError(.internalError) }
    let text = day.description
    return versions.last { $0.rule.effective <= text } ?? first
  }

  private static func entry(
    _ item: JSONValue, _ place: JSONPointer, _ needed: [String: Need]
  ) throws(RuleBookError) -> Entry {
    func text(_ key: String) throws(RuleBookError) -> String {
      guard let value = item[key]?.stringValue, !value.isEmpty else {
        throw RuleBookError("\(place): '\(key)' must be a text", at: place.appending(key))
      }
      return value
    }
    try requireKnown(item, members, at: place)
    let id = try text("id")
    guard let need = needed[id] else {
      throw RuleBookError("\(place): no rule '\(id)' is known", at: place.appending("id"))
    }
    let effective = try text("effective")
    guard CivilDate(effective) != nil else {
      throw RuleBookError("\(id): 'effective' must be a day, YYYY-MM-DD", at: place.appending("effective"))
    }
    let rule = Rule(
      id: id, version: try text("version"), effective: effective, source: try text("source"),
      summary: Text(try text("en"), zh: try text("zh")))
    let entry = Entry(
      rule: rule, isLocal: item["local"]?.boolValue ?? false, values: item["values"]?.objectValue ?? [:],
      place: place)
    for name in need.ints {
      guard let number = entry.values[name]?.intValue, (0...1_000_000_000).contains(number) else {
        throw entry.wrong(name, "must be a whole number from 0")
      }
    }
    for name in need.lists {
      guard let list = entry.values[name]?.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else {
        throw entry.wrong(name, "must be a list of texts")
      }
    }
    for name in entry.values.keys where !need.ints.contains(name) && !need.lists.contains(name) {
      throw entry.wrong(name, "is not known")
    }
    return entry
  }
}

/// An error in a data file that tells its place.
public protocol PlacedError: Error, CustomStringConvertible, Sendable {
  /// The member at fault; where it is missing, the place where it should be.
  var pointer: JSONPointer { get }
}

/// A rule file that cannot be used.
public struct RuleBookError: PlacedError {
  public let description: String
  public let pointer: JSONPointer

  public init(_ description: String, at pointer: JSONPointer) {
    self.description = description
    self.pointer = pointer
  }
}
