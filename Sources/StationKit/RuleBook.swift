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

    /// A number of the rule. Which names there are is checked when the book is read.
    public func int(_ name: String) -> Int { values[name]?.intValue ?? 0 }
    public func strings(_ name: String) -> [String] {
      values[name]?.arrayValue?.compactMap(\.stringValue) ?? []
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
  /// - Throws: ``RuleBookError`` naming the rule and the member at fault: also where a needed rule or number
  ///   is missing, negative, or a rule is given that nothing needs.
  public init(_ value: JSONValue, needs: [Need]) throws(RuleBookError) {
    guard let list = value["rules"]?.arrayValue else { throw RuleBookError("'rules' must be a list") }
    let needed = Dictionary(needs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var entries: [String: [Entry]] = [:]
    var table: [Rule] = []
    for (number, item) in list.enumerated() {
      let entry = try Self.entry(item, "rules[\(number)]", needed)
      guard entries[entry.rule.id, default: []].last.map({ $0.rule.effective < entry.rule.effective }) ?? true
      else { throw RuleBookError("\(entry.rule.id): versions must stand in the order of their first days") }
      entries[entry.rule.id, default: []].append(entry)
      table.append(entry.rule)
    }
    for need in needs where entries[need.id] == nil { throw RuleBookError("\(need.id): is missing") }
    self.entries = entries
    self.table = table
  }

  /// The version in force on a day; the earliest where the day is before every version.
  ///
  /// - Throws: `internal_error` for a rule that was not named in `needs`.
  public func rule(_ id: String, on day: CivilDate) throws(RPCError) -> Entry {
    guard let versions = entries[id], let first = versions.first else { throw RPCError(.internalError) }
    let text = day.description
    return versions.last { $0.rule.effective <= text } ?? first
  }

  private static func entry(
    _ item: JSONValue, _ place: String, _ needed: [String: Need]
  ) throws(RuleBookError) -> Entry {
    func text(_ key: String) throws(RuleBookError) -> String {
      guard let value = item[key]?.stringValue, !value.isEmpty else {
        throw RuleBookError("\(place): '\(key)' must be a text")
      }
      return value
    }
    let id = try text("id")
    guard let need = needed[id] else { throw RuleBookError("\(place): no rule '\(id)' is known") }
    let effective = try text("effective")
    guard CivilDate(effective) != nil else {
      throw RuleBookError("\(id): 'effective' must be a day, YYYY-MM-DD")
    }
    let values = item["values"]?.objectValue ?? [:]
    for name in need.ints {
      guard let number = values[name]?.intValue, (0...1_000_000_000).contains(number) else {
        throw RuleBookError("\(id): 'values.\(name)' must be a whole number from 0")
      }
    }
    for name in need.lists {
      guard let list = values[name]?.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else {
        throw RuleBookError("\(id): 'values.\(name)' must be a list of texts")
      }
    }
    for name in values.keys where !need.ints.contains(name) && !need.lists.contains(name) {
      throw RuleBookError("\(id): 'values.\(name)' is not known")
    }
    let rule = Rule(
      id: id, version: try text("version"), effective: effective, source: try text("source"),
      summary: Text(try text("en"), zh: try text("zh")))
    return Entry(rule: rule, isLocal: item["local"]?.boolValue ?? false, values: values)
  }
}

/// A rule file that cannot be used.
public struct RuleBookError: Error, CustomStringConvertible, Sendable {
  public let description: String
  init(_ description: String) { self.description = description }
}
