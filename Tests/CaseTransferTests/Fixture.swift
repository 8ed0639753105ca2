import Approval
import CaseTransfer
import Directory
import Foundation
import ModuleTesting
import StationKit
import SupportRequests
import Testing

/// A bureau with the shipped rules and organisation, on the morning of Monday 2 March 2026.
struct Fixture {
  static let morning = at("2026-03-02T09:00:00+08:00")
  static let rules = file("etc/transfer/rules.json")
  static let station = Principal.of("st-02", uid: 2001)
  static let colleague = Principal.of("st-02", uid: 2002)
  static let order = Principal.of("public-security-brigade", uid: 3001)
  static let criminal = Principal.of("criminal-brigade", uid: 4001)
  static let legal = Principal.of("legal-department", uid: 5001)
  static let coordination = Principal.of("coordination-desk", uid: 6001)
  static let chief = Principal(uid: 9001, gid: 9001, roles: ["chief"], unit: "bureau", scope: .all)
  static let brigade = "public-security-brigade"
  static let digest = String(repeating: "ab", count: 32)
  static let otherDigest = String(repeating: "cd", count: 32)

  let store: TestStore

  init(_ rules: JSONValue = rules, now: Instant = morning, scenario14: Bool = true) throws {
    let catalogue = Fixture.catalogue(scenario14: scenario14)
    store = try TestStore(
      [
        Directory.module(), Approval.module(), try SupportRequests.module(configuration: catalogue),
        try CaseTransfer.module(configuration: rules),
      ], now: now)
    try store.call("directory.import", Fixture.file("etc/directory.example.json").objectValue ?? [:])
    store.contents.events = []
  }

  static func at(_ text: String) -> Instant { Instant(rfc3339: text) ?? .earliest }

  static func file(_ path: String) -> JSONValue { ShippedFile.json(path) }

  private static func catalogue(scenario14: Bool) -> JSONValue {
    let shipped = file("etc/support/scenarios.json")
    guard !scenario14 else { return shipped }
    var root = shipped.objectValue ?? [:]
    root["scenarios"] = .array(
      (shipped["scenarios"]?.arrayValue ?? []).map { scenario in
        guard scenario["number"] == 14, var changed = scenario.objectValue else { return scenario }
        changed["active"] = false
        return .object(changed)
      })
    return .object(root)
  }

  /// The shipped rules with one number changed.
  static func rules(_ id: String, _ name: String, _ value: JSONValue) -> JSONValue {
    var object = rules.objectValue ?? [:]
    object["rules"] = .array(
      (rules["rules"]?.arrayValue ?? []).map { rule in
        guard rule["id"]?.stringValue == id, var changed = rule.objectValue else { return rule }
        var values = changed["values"]?.objectValue ?? [:]
        values[name] = value
        changed["values"] = .object(values)
        return .object(changed)
      })
    return .object(object)
  }

  /// The working days of 2026, as they are shipped.
  static func calendar2026() throws -> WorkCalendar {
    let value = file("etc/calendar/2026.json")
    func date(_ value: JSONValue?) throws -> CivilDate {
      try #require(value?.stringValue.flatMap { CivilDate($0) })
    }
    let holidays = try (value["holidays"]?.arrayValue ?? []).map {
      YearCalendar.Holiday(
        name: $0["name"]?.stringValue ?? "", englishName: $0["english_name"]?.stringValue ?? "",
        first: try date($0["first"]), last: try date($0["last"]))
    }
    let worked = try (value["worked_days"] ?? value["workedDays"])?.arrayValue?.map { try date($0) } ?? []
    let year = try YearCalendar(
      year: 2026, version: "2026.1",
      source: .init(title: "test", documentNumber: "test", published: try date("2025-11-04")),
      holidays: holidays, workedDays: worked)
    return try WorkCalendar(years: [year])
  }

  func body(_ id: String) throws -> TransferCase {
    let record = try #require(store.contents.rows["transfer.case"]?[id]?.record)
    return try #require(TransferCase(record.body))
  }

  func version(_ id: String) -> Int { store.contents.rows["transfer.case"]?[id]?.record.version ?? 0 }

  func records(_ collection: String) -> [Record] {
    (store.contents.rows["transfer.\(collection)"] ?? [:]).values.sorted { $0.sequence < $1.sequence }
      .map(\.record)
  }

  func events(_ name: String) -> [JSONObject] {
    store.contents.events.filter { $0.name == "transfer.\(name)" }.map(\.payload)
  }

  func minutes(_ count: Int) throws { try store.advance(to: store.now.adding(minutes: count)) }

  func get(_ id: String) throws -> JSONValue { try store.call("transfer.get", ["id": .string(id)]) }

  /// The case's text of a duty's end.
  func due(_ id: String, _ duty: DutyName) throws -> String? {
    try body(id).duty(duty)?.due.rfc3339(zone: .shanghai)
  }
}

/// Expects a refusal by a rule, with its pointer.
func expectRefused(
  _ rule: String, _ pointer: String?, kind: ErrorKind = .refusedByRule,
  _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("not refused by \(rule)", sourceLocation: location)
  } catch let error as RPCError {
    #expect(error.kind == kind, "\(error)", sourceLocation: location)
    #expect(error.rule == rule, "\(error)", sourceLocation: location)
    #expect(error.pointer == pointer, "\(error)", sourceLocation: location)
  } catch {
    Issue.record("\(error)", sourceLocation: location)
  }
}

/// Expects an error of a kind, with its pointer.
func expectError(
  _ kind: ErrorKind, _ pointer: String? = nil, _ location: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no \(kind)", sourceLocation: location)
  } catch let error as RPCError {
    #expect(error.kind == kind, "\(error)", sourceLocation: location)
    #expect(error.pointer == pointer, "\(error)", sourceLocation: location)
  } catch {
    Issue.record("\(error)", sourceLocation: location)
  }
}
