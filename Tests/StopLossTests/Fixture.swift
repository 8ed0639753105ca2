import Approval
import Directory
import Foundation
import ModuleTesting
import StationKit
import StopLoss
import Testing

/// A bureau with the shipped rules, organisation and calendars, on the morning of Monday 2 March 2026.
struct Fixture {
  static let morning = at("2026-03-02T09:00:00+08:00")
  static let configuration = file("etc/stoploss/rules.json")

  let store: TestStore

  init(_ configuration: JSONValue = configuration, now: Instant = morning) throws {
    store = try TestStore(
      [Directory.module(), Approval.module(), try StopLoss.module(configuration: configuration)], now: now)
    store.calendar = Self.calendar
    try store.call("directory.import", Self.file("etc/directory.example.json").objectValue ?? [:])
    store.contents.events = []
  }

  static func at(_ text: String) -> Instant { Instant(rfc3339: text) ?? .earliest }

  static func file(_ path: String) -> JSONValue { ShippedFile.json(path) }

  static let calendar: WorkCalendar = {
    let years = [2025, 2026].compactMap { year -> YearCalendar? in
      let json = file("etc/calendar/\(year).json")
      func date(_ value: JSONValue?) -> CivilDate {
        value?.stringValue.flatMap { CivilDate($0) } ?? CivilDate(dayNumber: 0)
      }
      let holidays = (json["holidays"]?.arrayValue ?? []).map { holiday in
        YearCalendar.Holiday(
          name: holiday["name"]?.stringValue ?? "", englishName: holiday["english_name"]?.stringValue ?? "",
          first: date(holiday["first"]), last: date(holiday["last"]))
      }
      return try? YearCalendar(
        year: year, version: "\(year).1",
        source: .init(title: "notice", documentNumber: "1", published: CivilDate(dayNumber: 0)),
        holidays: holidays, workedDays: (json["worked_days"]?.arrayValue ?? []).map { date($0) })
    }
    return (try? WorkCalendar(years: years)) ?? .weekendsOnly
  }()

  // MARK: Particulars

  /// The n-th card: valid, of 19 digits.
  static func card(_ number: Int) -> String {
    let digits = String(number)
    let body = "6222020" + String(repeating: "0", count: 11 - digits.count) + digits
    return (0...9).map { body + "\($0)" }.first(where: CardNumber.isValid) ?? body
  }

  static func account(_ number: Int, _ role: String = "suspect", _ more: JSONObject = [:]) -> JSONValue {
    var account: JSONObject = [
      "number": .string(card(number)), "kind": "card", "role": .string(role), "bank": "ICBKCNBJ",
      "holder": .string("户主\(number)"),
    ]
    for (key, value) in more { account[key] = value }
    return .object(account)
  }

  static func transfer(_ from: Int, _ to: Int, _ amount: Int, _ time: String = "08:50:00") -> JSONValue {
    transfer(from, to, amount, at: at("2026-03-02T\(time)+08:00"))
  }

  static func transfer(
    _ from: Int, _ to: Int, _ amount: Int, at: Instant, reference: String? = nil
  ) -> JSONValue {
    var row: JSONObject = [
      "at": .string(at.rfc3339()), "amount": .int(amount), "from": .string(card(from)),
      "to": .string(card(to)),
    ]
    if let reference { row["reference"] = .string(reference) }
    return .object(row)
  }

  /// A report of transfers between numbered cards; the victim's are those named.
  static func report(
    victims: [Int] = [1], _ transfers: [JSONValue] = [transfer(1, 2, 5_000_000)], more: JSONObject = [:]
  ) -> JSONObject {
    var numbers: [Int] = []
    for transfer in transfers {
      for member in ["from", "to"] {
        let number = transfer[member]?.stringValue.flatMap { Int($0.dropFirst(7).dropLast()) } ?? 0
        if !numbers.contains(number) { numbers.append(number) }
      }
    }
    var report: JSONObject = [
      "station": "st-02", "fraud_type": "brushing_rebate", "occurred_at": "2026-03-02T08:00:00+08:00",
      "victim": ["name": "张三", "id_number": "11010519491231002X", "phone": "13800001234"],
      "accounts": .array(numbers.map { account($0, victims.contains($0) ? "victim" : "suspect") }),
      "transfers": .array(transfers),
    ]
    for (key, value) in more { report[key] = value }
    return report
  }

  // MARK: Calls

  @discardableResult
  func report(
    victims: [Int] = [1], _ transfers: [JSONValue] = [transfer(1, 2, 5_000_000)], more: JSONObject = [:],
    as principal: Principal = .all
  ) throws -> String {
    let params = Self.report(victims: victims, transfers, more: more)
    return try store.call("stoploss.report", params, as: principal)["id"]?.stringValue ?? ""
  }

  @discardableResult
  func call(
    _ method: String, _ id: String, _ more: JSONObject = [:], as principal: Principal = .all
  ) throws -> JSONValue {
    var params: JSONObject = ["id": .string(id)]
    for (key, value) in more { params[key] = value }
    return try store.call("stoploss.\(method)", params, as: principal)
  }

  @discardableResult
  func request(_ report: String, _ card: Int = 2, _ more: JSONObject = [:]) throws -> String {
    var params: JSONObject = ["report": .string(report), "account": .string(accountID(card))]
    for (key, value) in more { params[key] = value }
    return try store.call("stoploss.stop.request", params)["id"]?.stringValue ?? ""
  }

  /// A report, and a stop that the bank has made now.
  @discardableResult
  func stopped(_ card: Int = 2, of report: String? = nil) throws -> String {
    let report = try report ?? self.report()
    let id = try request(report, card)
    try call("stop.record", id, ["result": "stopped"])
    return id
  }

  /// What a freeze of the account of a stop is asked for with.
  func application(_ id: String, _ more: JSONObject = [:]) throws -> JSONObject {
    let stop = try #require(self.stop(id))
    let account = try #require(self.account(stop.account))
    var params: JSONObject = [
      "name": .string(account.holder ?? "李四"), "account": .string(account.number),
      "amount": .int(stop.amount),
      "kind": "ordinary", "scope": "amount", "interest": true,
    ]
    for (key, value) in more { params[key] = value }
    return params
  }

  static let chief = Principal(uid: 9000, gid: 9000, roles: ["chief"], unit: "bureau", scope: .all)

  /// The chief approves what waits for a stop.
  func approve(_ id: String, renewal: Bool = false) throws {
    let freeze = try #require(stop(id)?.freeze)
    let approval = try renewal ? #require(freeze.renewal?.approval) : freeze.approval
    try store.call("approval.approve", ["id": .string(approval), "version": 1], as: Self.chief)
  }

  /// A renewal asked for, approved and ordered.
  func orderRenewal(_ id: String) throws {
    try call("renew.request", id)
    try approve(id, renewal: true)
    try call("renew.order", id)
  }

  /// A return decided, approved by a second officer and sent to the bank.
  func sendReturn(_ id: String) throws {
    try call("return.decide", id)
    try call("return.approve", id, as: Self.second)
    try call("return.execute", id)
  }

  /// A freeze approved and ordered.
  func ordered(_ id: String, _ more: JSONObject = [:]) throws {
    try call("freeze.request", id, application(id, more))
    try approve(id)
    try call("freeze.order", id)
  }

  /// A stop whose account the bank has frozen now.
  @discardableResult
  func frozen(_ card: Int = 2, of report: String? = nil, _ more: JSONObject = [:]) throws -> String {
    let id = try stopped(card, of: report)
    try ordered(id, more)
    try call("freeze.record", id, ["result": "frozen"])
    return id
  }

  static let second = Principal(uid: 1001, gid: 1001, roles: ["desk"], unit: "anti-fraud", scope: .all)

  // MARK: What is stored

  func accountID(_ card: Int) -> String {
    let number = JSONValue.string(Self.card(card))
    return store.contents.rows["stoploss.account"]?.first { $0.value.record["number"] == number }?.key ?? ""
  }

  func account(_ id: String) -> Account? {
    store.contents.rows["stoploss.account"]?[id].flatMap { Account($0.record.body) }
  }

  func account(card: Int) -> Account? { account(accountID(card)) }

  func row(_ card: Int) -> JSONObject? {
    store.contents.rows["stoploss.account"]?[accountID(card)]?.record.body
  }

  func stop(_ id: String) -> Stop? {
    store.contents.rows["stoploss.stop"]?[id].flatMap { Stop($0.record.body) }
  }

  func stored(_ report: String) -> Report? {
    store.contents.rows["stoploss.report"]?[report].flatMap { Report($0.record.body) }
  }

  var stops: [String: Stop] {
    (store.contents.rows["stoploss.stop"] ?? [:]).compactMapValues { Stop($0.record.body) }
  }

  var reports: [String: Report] {
    (store.contents.rows["stoploss.report"] ?? [:]).compactMapValues { Report($0.record.body) }
  }

  var accounts: [String: Account] {
    (store.contents.rows["stoploss.account"] ?? [:]).compactMapValues { Account($0.record.body) }
  }

  func events(_ name: String) -> [JSONObject] {
    store.contents.events.filter { $0.name == "stoploss.\(name)" }.map(\.payload)
  }

  func minutes(_ count: Int) throws { try store.advance(to: store.now.adding(minutes: count)) }
  func hours(_ count: Int) throws { try store.advance(to: store.now.adding(hours: count)) }
}

/// Expects a refusal by a rule, at a member.
func expectRefused(
  _ rule: String, at pointer: String?, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  let error = #expect(throws: RPCError.self, sourceLocation: sourceLocation) { try body() }
  #expect(error?.kind == .refusedByRule, sourceLocation: sourceLocation)
  #expect(error?.rule == rule, sourceLocation: sourceLocation)
  #expect(error?.pointer == pointer, sourceLocation: sourceLocation)
}
