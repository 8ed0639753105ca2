import Approval
import Directory
import Foundation
import KeyPerson
import ModuleTesting
import StationKit

import enum SupportRequests.SupportRequests

/// A bureau with the shipped rules, catalogue and organisation, on the morning of Monday 2 March 2026.
struct Fixture {
  static let morning = at("2026-03-02T09:00:00+08:00")
  static let rules = file("etc/keyperson/rules.json")
  static let station = "st-01"
  static let owner = "key-person-desk"

  let store: TestStore

  init(_ configuration: JSONValue = rules, now: Instant = morning) throws {
    store = try TestStore(
      [
        Directory.module(), Approval.module(),
        try SupportRequests.module(configuration: Fixture.file("etc/support/scenarios.json")),
        try KeyPerson.module(configuration: configuration),
      ], now: now)
    store.calendar = try Fixture.calendar()
    try store.call("directory.import", Fixture.file("etc/directory.example.json").objectValue ?? [:])
    store.contents.events = []
  }

  static func at(_ text: String) -> Instant { Instant(rfc3339: text) ?? .earliest }

  static func file(_ path: String) -> JSONValue { ShippedFile.json(path) }

  /// The holidays of 2026 that the tests need, and no year after.
  static func calendar() throws -> WorkCalendar {
    func day(_ text: String) -> CivilDate { CivilDate(text) ?? CivilDate(dayNumber: 0) }
    let source = YearCalendar.Source(title: "test", documentNumber: "1", published: day("2025-11-04"))
    func holiday(_ name: String, _ first: String, _ last: String) -> YearCalendar.Holiday {
      YearCalendar.Holiday(name: name, englishName: name, first: day(first), last: day(last))
    }
    return try WorkCalendar(years: [
      YearCalendar(
        year: 2026, version: "2026.1", source: source,
        holidays: [
          holiday("Labour Day", "2026-05-01", "2026-05-05"),
          holiday("National Day", "2026-10-01", "2026-10-07"),
        ], workedDays: [day("2026-05-09"), day("2026-10-10")])
    ])
  }

  /// Officers of the station, of the desk that owns the instruments, and of another station.
  static let wang = Principal.of(station, uid: 2001)
  static let li = Principal.of(station, uid: 2002)
  static let zhao = Principal.of(station, uid: 2003)
  static let desk = Principal.of(owner, uid: 2101)
  static let other = Principal.of("st-02", uid: 2201)

  static let number = "330106198501010028"
  static let otherNumber = "330106194906150047"

  // MARK: Calls

  @discardableResult
  func call(
    _ method: String, _ params: JSONObject, as principal: Principal = wang, purpose: String = "handling"
  ) throws -> JSONValue {
    try store.call("keyperson.\(method)", params, as: principal, purpose: purpose)
  }

  static func instrument(_ number: String = "n-1", date: String = "2026-02-20") -> JSONValue {
    ["authority": "Court", "number": .string(number), "date": .string(date)]
  }

  /// The params of a proposal that is in order, for each category.
  static func proposal(_ category: Category, _ more: JSONObject = [:]) -> JSONObject {
    var params: JSONObject = [
      "category": .string(category.rawValue), "station": .string(station), "owner": .string(owner),
      "name": "王小明", "id_number": .string(number), "phone": "138 0000 0000",
      "instrument": [
        "authority": "Qingping County Court", "number": "(2026) 0102-31", "date": "2026-02-20",
      ], "from": "2026-03-01", "to": "2026-08-31", "next_review": "2026-03-30",
    ]
    switch category {
    case .communityCorrections: params["purpose"] = "assist_corrections"
    case .drugTreatment:
      params["purpose"] = "assist_treatment"
      params["clean_since"] = "2026-03-01"
    case .bailPendingTrial: params["purpose"] = "ensure_appearance"
    case .protectionOrder:
      params["purpose"] = "protect_person"
      params["part"] = "protected"
    case .resettlementSupport:
      params["purpose"] = "support_after_release"
      params["consent"] = ["document": "agreement 7", "date": "2026-02-25"]
    case .missingVulnerablePerson:
      params["purpose"] = "find_and_return"
      params["guardian"] = ["name": "王大明", "phone": "139 0000 0000"]
    }
    for (key, value) in more { params[key] = value }
    return params
  }

  func propose(_ category: Category = .communityCorrections, _ more: JSONObject = [:]) throws -> String {
    try call("propose", Fixture.proposal(category, more))["id"]?.stringValue ?? ""
  }

  /// Verified by Li, approved by Zhao.
  func verify(_ id: String) throws -> String {
    try call("verify_instrument", ["id": .string(id), "seen": "original"], as: Fixture.li)["approval"]?
      .stringValue ?? ""
  }

  func approve(_ approval: String, as principal: Principal = zhao) throws {
    try store.call("approval.approve", ["id": .string(approval), "version": 1], as: principal)
  }

  /// An active record.
  func enter(_ category: Category = .communityCorrections, _ more: JSONObject = [:]) throws -> String {
    let id = try propose(category, more)
    try approve(try verify(id))
    try call("activate", ["id": .string(id)])
    return id
  }

  func review(_ id: String, next: String, as principal: Principal = wang) throws {
    try call(
      "review", ["id": .string(id), "in_force": true, "needed": true, "next_review": .string(next)],
      as: principal)
  }

  func get(_ id: String, _ more: JSONObject = [:], as principal: Principal = wang) throws -> JSONValue {
    var params: JSONObject = ["id": .string(id)]
    for (key, value) in more { params[key] = value }
    return try call("get", params, as: principal)
  }

  func delist(_ id: String, _ reason: String = "completion") throws -> JSONValue {
    try call("delist", ["id": .string(id), "reason": .string(reason)])
  }

  /// The person is told of the end.
  func tell(_ id: String) throws {
    for task in tasks(id, .notice) { try call("notice.record", ["task": .string(task)]) }
  }

  // MARK: Looking behind

  func body(_ id: String) -> JSONObject? {
    store.contents.rows["keyperson.record"]?[id]?.record.body
  }

  func record(_ id: String) -> KeyRecord? { body(id).flatMap { KeyRecord($0) } }

  func state(_ id: String) -> State? { record(id)?.state }

  func rows(_ collection: String) -> [(id: String, body: JSONObject)] {
    (store.contents.rows["keyperson.\(collection)"] ?? [:]).sorted { $0.value.sequence < $1.value.sequence }
      .map { ($0.key, $0.value.record.body) }
  }

  func tasks(_ id: String, _ kind: TaskKind, _ state: TaskState = .open) -> [String] {
    rows("task").filter {
      $0.body["record"] == .string(id) && $0.body["kind"] == .string(kind.rawValue)
        && $0.body["state"] == .string(state.rawValue)
    }.map(\.id)
  }

  func events(_ name: String) -> [JSONObject] {
    store.contents.events.filter { $0.name == "keyperson.\(name)" }.map(\.payload)
  }

  func advance(_ text: String) throws { try store.advance(to: Fixture.at(text)) }
}
