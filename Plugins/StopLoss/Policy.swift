import StationKit

/// What the module goes by: its rules, its fraud types, and whom it tells. Read from `etc/stoploss/rules.json`.
package struct Policy: Sendable {
  /// A type of telecom fraud.
  package struct FraudType: Sendable, Hashable {
    package let code: String
    package let name: Text
  }

  package let book: RuleBook
  /// The unit that works on every report beside its station: the anti-fraud desk.
  package let desk: String
  /// Further units that hear of every end that passed unhandled.
  package let lapseTo: [String]
  package let fraudTypes: [FraudType]

  /// Reads the configuration.
  ///
  /// - Throws: `RuleBookError`, naming the member at fault.
  package init(_ value: JSONValue, needs: [RuleBook.Need]) throws {
    book = try RuleBook(value, needs: needs, beside: ["version", "desk", "lapse_to", "fraud_types"])
    guard let desk = value["desk"]?.stringValue, !desk.isEmpty else {
      throw Self.wrong("desk", "must be the id of a unit")
    }
    self.desk = desk
    guard let told = value["lapse_to"]?.arrayValue, told.allSatisfy({ $0.stringValue?.isEmpty == false })
    else {
      throw Self.wrong("lapse_to", "must be a list of units")
    }
    lapseTo = told.compactMap(\.stringValue)
    guard let types = value["fraud_types"]?.arrayValue, !types.isEmpty else {
      throw Self.wrong("fraud_types", "must be a list of types")
    }
    fraudTypes = try types.enumerated().map { place, type in
      try RuleBook.requireKnown(
        type, ["code", "en", "zh"], at: JSONPointer(tokens: ["fraud_types", String(place)]))
      guard let code = type["code"]?.stringValue, (1...40).contains(code.utf8.count),
        let en = type["en"]?.stringValue, !en.isEmpty, let zh = type["zh"]?.stringValue, !zh.isEmpty
      else {
        throw RuleBookError(
          "fraud_types[\(place)]: 'code', 'en' and 'zh' must be texts",
          at: JSONPointer(tokens: ["fraud_types", String(place)]))
      }
      return FraudType(code: code, name: Text(en, zh: zh))
    }
    guard Set(fraudTypes.map(\.code)).count == fraudTypes.count else {
      throw Self.wrong("fraud_types", "has a code twice")
    }
    try checkNumbers()
  }

  private static func wrong(_ member: String, _ what: String) -> RuleBookError {
    RuleBookError("'\(member)' \(what)", at: JSONPointer(tokens: [member]))
  }

  /// Every version of a rule holds numbers that can be worked with.
  private func checkNumbers() throws {
    for rule in book.table {
      let day = CivilDate(rule.effective) ?? CivilDate(dayNumber: 0)
      let entry = try book.rule(rule.id, on: day)
      for (name, value) in entry.values where value.intValue == 0 {
        throw entry.wrong(name, "must be at least 1")
      }
      guard let list = RuleID.lists[rule.id] else { continue }
      let numbers = entry.strings(list.name).compactMap { Int($0) }
      let steps = zip(numbers, numbers.dropFirst())
      guard !numbers.isEmpty, numbers.count == entry.strings(list.name).count,
        numbers.allSatisfy({ (0...100_000).contains($0) }), list.isRising == (numbers.first == 0),
        steps.allSatisfy({ list.isRising ? $0 < $1 : $0 > $1 })
      else {
        throw entry.wrong(
          list.name, "must be whole numbers, \(list.isRising ? "rising from 0" : "falling")")
      }
    }
  }

  package func rule(_ id: String, on day: CivilDate) throws(RPCError) -> RuleBook.Entry {
    try book.rule(id, on: day)
  }

  /// The version of a rule that is in force now.
  func present(_ id: String, _ context: CallContext) throws(RPCError) -> RuleRef {
    try rule(id, on: context.now.date(in: context.zone)).reference
  }

  /// The first age of each band.
  func ageBounds(on day: CivilDate) throws(RPCError) -> [Int] {
    try rule(RuleID.ageBands, on: day).strings("from").compactMap { Int($0) }
  }

  func maximumStops(on day: CivilDate) throws(RPCError) -> Int {
    try rule(RuleID.twice, on: day).int("stops")
  }

  /// How long before the end of a stop or of a freeze each alarm goes out, in hours, the first alarm first.
  func alarms(isFreeze: Bool, on day: CivilDate) throws(RPCError) -> [Int] {
    isFreeze
      ? try rule(RuleID.freezeAlarms, on: day).strings("days").compactMap { Int($0).map { $0 * 24 } }
      : try rule(RuleID.stopAlarms, on: day).strings("hours").compactMap { Int($0) }
  }

  /// The units that the configuration names, which the directory has to have.
  var units: [String] { [desk] + lapseTo }
}

extension RuleID {
  /// Rules with a list of whole numbers: alarms fall towards the end, ages rise from 0.
  static let lists: [String: (name: String, isRising: Bool)] = [
    stopAlarms: ("hours", false), freezeAlarms: ("days", false), ageBands: ("from", true),
  ]
}
