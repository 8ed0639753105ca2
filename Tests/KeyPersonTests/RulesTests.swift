import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Rules")
struct RulesTests {
  /// The shipped rules with one number changed.
  static func changed(_ id: String, _ name: String, _ value: JSONValue?) -> JSONValue {
    var configuration = Fixture.rules.objectValue ?? [:]
    configuration["rules"] = .array(
      (configuration["rules"]?.arrayValue ?? []).map { rule in
        guard rule["id"] == .string(id), var object = rule.objectValue else { return rule }
        var values = object["values"]?.objectValue ?? [:]
        values[name] = value
        object["values"] = .object(values)
        return .object(object)
      })
    return .object(configuration)
  }

  static let broken: [(String, String, JSONValue?)] = [
    ("keyperson.duty.grace", "hours", 169), ("keyperson.duty.grace", "hours", 0),
    ("keyperson.review.interval", "bail_pending_trial", 181), ("keyperson.review.interval", "stability", 30),
    ("keyperson.review.interval", "protection_order", 0), ("keyperson.review.window", "days", 31),
    ("keyperson.erasure", "days", 91), ("keyperson.proposal", "days", 31),
    ("keyperson.proposal", "days_ahead", nil), ("keyperson.proposal", "days_ahead", 0),
    ("keyperson.four_eyes", "hours", 169), ("keyperson.maximum.bail_pending_trial", "months", 13),
    ("keyperson.maximum.drug_treatment", "months", nil), ("keyperson.total.drug_treatment", "months", 35),
    ("keyperson.total.community_corrections", "months", 1201), ("keyperson.drug.clean", "months", -1),
    ("keyperson.tasks", "days", "31"), ("keyperson.category", "petitioner", 1),
  ]

  @Test("a number beyond its maximum, missing or unknown is refused", arguments: broken.indices)
  func refused(_ index: Int) {
    let (id, name, value) = Self.broken[index]
    #expect(throws: (any Error).self) { try KeyPerson.module(configuration: Self.changed(id, name, value)) }
  }

  @Test("a local number within its maximum is taken, and holds")
  func local() throws {
    let fixture = try Fixture(Self.changed("keyperson.duty.grace", "hours", 48))
    let id = try fixture.enter()
    _ = try DutyTests.add(fixture, id)
    try fixture.advance("2026-03-11T09:59:59.999+08:00")
    #expect(fixture.events("duty_missed").isEmpty)
    try fixture.advance("2026-03-11T10:00:00+08:00")
    #expect(fixture.events("duty_missed").count == 1)
  }

  @Test("the legal maxima that are shipped are the law's")
  func shipped() {
    let pinned: [(String, Int, local: Bool)] = [
      ("keyperson.maximum.community_corrections", 120, false),
      ("keyperson.maximum.drug_treatment", 36, false),
      ("keyperson.maximum.bail_pending_trial", 12, false), ("keyperson.maximum.protection_order", 6, false),
      ("keyperson.maximum.resettlement_support", 12, true),
      ("keyperson.maximum.missing_vulnerable_person", 6, true),
      ("keyperson.total.community_corrections", 120, false), ("keyperson.total.drug_treatment", 36, false),
      ("keyperson.total.bail_pending_trial", 12, false), ("keyperson.total.protection_order", 24, true),
      ("keyperson.total.resettlement_support", 36, true),
      ("keyperson.total.missing_vulnerable_person", 24, true), ("keyperson.drug.clean", 36, false),
    ]
    let rules = Fixture.rules["rules"]?.arrayValue ?? []
    for (id, months, local) in pinned {
      let rule = rules.first { $0["id"] == .string(id) }
      #expect(rule?["values"]?["months"] == .int(months), "\(id)")
      #expect((rule?["local"]?.boolValue ?? false) == local, "\(id)")
      if local { #expect(rule?["source"]?.stringValue?.hasPrefix("local configuration") == true, "\(id)") }
    }
  }

  /// The shipped rules with a later version of one of them.
  static func later(_ id: String, _ effective: String, _ name: String, _ value: Int) -> JSONValue {
    var configuration = Fixture.rules.objectValue ?? [:]
    var list = configuration["rules"]?.arrayValue ?? []
    if var rule = list.first(where: { $0["id"] == .string(id) })?.objectValue {
      var values = rule["values"]?.objectValue ?? [:]
      values[name] = .int(value)
      rule["values"] = .object(values)
      rule["version"] = "2"
      rule["effective"] = .string(effective)
      list.append(.object(rule))
    }
    configuration["rules"] = .array(list)
    return .object(configuration)
  }

  @Test("a record keeps the rules it began under")
  func versions() throws {
    let fixture = try Fixture(
      Self.later("keyperson.review.interval", "2026-03-10", "community_corrections", 20))
    let old = try fixture.enter()
    try fixture.advance("2026-03-20T09:00:00+08:00")
    let more: JSONObject = [
      "instrument": ["authority": "Court", "number": "n-2", "date": "2026-02-20"],
      "next_review": "2026-04-10",
    ]
    let error = #expect(throws: RPCError.self) { try fixture.propose(.communityCorrections, more) }
    #expect(error?.rule == "keyperson.review.interval")
    // Ninety days, as on the day it was proposed.
    try fixture.review(old, next: "2026-06-18")
    let terms = try fixture.call("explain", ["category": "community_corrections", "from": "2026-03-20"])
    let review = terms["terms"]?.arrayValue?.first { $0["what"] == "next_review" }
    #expect(review?["rule"]?["version"] == "2" && review?["last_day"] == "2026-04-09")
  }

  static let explained: [(Category, String, what: String, last: String, rule: String)] = [
    (.bailPendingTrial, "2026-03-02", "one_instrument", "2027-03-02", "keyperson.maximum.bail_pending_trial"),
    (.protectionOrder, "2026-08-31", "one_instrument", "2027-02-28", "keyperson.maximum.protection_order"),
    (.protectionOrder, "2027-08-31", "one_instrument", "2028-02-29", "keyperson.maximum.protection_order"),
    (.drugTreatment, "2026-03-02", "three_years_clean", "2029-03-02", "keyperson.drug.clean"),
    (.drugTreatment, "2024-02-29", "three_years_clean", "2027-02-28", "keyperson.drug.clean"),
    (
      .communityCorrections, "2026-03-02", "with_renewals", "2036-03-02",
      "keyperson.total.community_corrections"
    ),
    (.missingVulnerablePerson, "2026-03-02", "next_review", "2026-04-01", "keyperson.review.interval"),
    // 1 October is a holiday: the day stays.
    (.resettlementSupport, "2026-09-01", "erasure_if_ended_then", "2026-10-01", "keyperson.erasure"),
  ]

  @Test("every term explains itself, with its rule, and no holiday prolongs it", arguments: explained)
  func explain(_ category: Category, _ from: String, _ what: String, _ last: String, _ rule: String) throws {
    let answer = try Fixture().call(
      "explain", ["category": .string(category.rawValue), "from": .string(from)])
    let term = try #require(answer["terms"]?.arrayValue?.first { $0["what"] == .string(what) })
    #expect(term["last_day"] == .string(last) && term["rule"]?["id"] == .string(rule))
    #expect(term["provisional"] == false)
    #expect(term["steps"]?.arrayValue?.isEmpty == false)
    #expect(term["rule"]?["source"]?.stringValue?.isEmpty == false)
  }

  @Test(
    "a day far off is refused or explained, and never a trap",
    arguments: ["0001-01-01", "9999-12-31", "9995-06-01"])
  func extremes(_ from: String) throws {
    for category in Category.allCases {
      do {
        try Fixture().call("explain", ["category": .string(category.rawValue), "from": .string(from)])
      } catch let error as RPCError {
        #expect(error.kind == .refusedByRule)
      }
      let error = #expect(throws: RPCError.self) {
        try Fixture().propose(
          category, ["from": .string(from), "to": .string(from), "next_review": .string(from)])
      }
      #expect(error?.kind == .refusedByRule)
    }
  }

  @Test("explaining is about the law: it reads no record")
  func noRecord() throws {
    let module = try KeyPerson.module(configuration: Fixture.rules)
    let explain = try #require(module.methods.first { $0.name == "explain" })
    #expect(explain.params["properties"]?.objectValue?.keys.sorted() == ["category", "from", "rules_on"])
  }
}
