import Approval
import Directory
import Foundation
import StationCrypto
import StationDaemon
import StationKit
import StationStore
import StopLoss
import Synchronization

/// A store with the fraud module, a spool on a disk, and the bank at its far side.
final class SpoolerBank: Sendable {
  let files: Files
  let clock = Clock(at: Instant(rfc3339: "2026-03-02T09:00:00+08:00") ?? .earliest)
  let store: Store
  let environment: Environment
  let configuration: SpoolConfiguration
  let disk: DiskSpoolFiles
  private let numbers = Atomic<Int>(0)
  private let delivered = Mutex<[String: [[UInt8]]]>([:])

  init() throws {
    files = try Files([:])
    environment = Environment(
      clock: clock, calendar: try WorkCalendar(years: []), zone: .shanghai, uid: 0, gid: 0,
      checksResults: true)
    store = try Store(
      StoreConfiguration(directory: files.file("state"), origin: "test.example/audit", synchronous: "OFF"),
      registry: try Registry([
        Directory.module(), Approval.module(),
        try StopLoss.module(configuration: Self.json("etc/stoploss/rules.json")),
      ]), environment: environment, hooks: StoreHooks(report: { _ in }, events: { _ in }, broken: { _ in }))
    configuration = SpoolConfiguration(directory: files.file("spool"))
    disk = DiskSpoolFiles(configuration)
    try disk.prepare()
    try store.start()
    _ = try call("directory.import", Self.json("etc/directory.example.json").objectValue ?? [:])
  }

  deinit { store.stop() }

  /// A bank that was asked twenty minutes ago.
  static func asked() throws -> (bank: SpoolerBank, stop: String, message: String) {
    let bank = try SpoolerBank()
    let (stop, message) = try bank.ask()
    try bank.round()
    try bank.collect()
    bank.minutes(20)
    return (bank, stop, message)
  }

  static func json(_ path: String) throws -> JSONValue {
    try JSONParser.parse([UInt8](Data(contentsOf: URL(filePath: "\(Files.root)/\(path)"))))
  }

  /// A call of somebody who may do everything.
  func call(_ method: String, _ params: JSONObject) throws -> JSONValue {
    guard let compiled = store.catalog.registry.methods[method] else { throw RPCError(.methodNotFound) }
    try compiled.check(params)
    let person = Principal(uid: 1, gid: 1, roles: [], unit: nil, scope: .all)
    let ready = DispatchSemaphore(value: 0)
    let answer = Mutex<Answer>(.success([]))
    let work = StoreCall(
      method: compiled, params: Params(params), principal: person, purpose: "handling", reason: nil,
      idempotency: nil, token: CallToken())
    let cause = Cause(
      principal: Cause.principal(person), method: method, request: nil, purpose: nil, detail: nil)
    store.write(
      WriteJob(cause: cause, work: .call(work)) { result in
        answer.withLock { $0 = result }
        ready.signal()
      })
    ready.wait()
    return try JSONParser.parse(try answer.withLock { $0 }.get())
  }

  var ledger: StoreSpoolLedger { StoreSpoolLedger(store, environment, module: "stoploss") }

  /// A round of a daemon that nothing happens to.
  func round() throws {
    var round = SpoolRound(files: disk, ledger: ledger)
    while try round.run() {}
  }

  // MARK: What the police do

  /// Asks for a stop of 50,000.00 yuan; gives its id and its message's.
  @discardableResult
  func ask() throws -> (stop: String, message: String) {
    let number = numbers.add(1, ordering: .relaxed).newValue
    let account = Self.card(number)
    let report = try call(
      "stoploss.report",
      [
        "station": "st-02", "fraud_type": .string(try Self.fraudType()),
        "occurred_at": "2026-03-02T08:50:00+08:00", "victim": ["name": "张三"],
        "accounts": [
          ["number": "6200000000000005", "kind": "card", "role": "victim"],
          [
            "number": .string(account), "kind": "card", "role": "suspect", "holder": "李四", "bank": "ICBKCNBJ",
          ],
        ],
        "transfers": [
          [
            "at": "2026-03-02T08:50:00+08:00", "amount": 5_000_000, "from": "6200000000000005",
            "to": .string(account),
          ]
        ],
      ])
    let id = report["id"]?.stringValue ?? ""
    let found = report["steps"]?.arrayValue?.first?["accounts"]?.arrayValue?.first?["account"]
    let stop = try call("stoploss.stop.request", ["report": .string(id), "account": found ?? .null])
    let stopID = stop["id"]?.stringValue ?? ""
    let messages = try list("waiting")
    return (stopID, messages.first { $0["stop"]?.stringValue == stopID }?["id"]?.stringValue ?? "")
  }

  private static func fraudType() throws -> String {
    try json("etc/stoploss/rules.json")["fraud_types"]?.arrayValue?.first?["code"]?.stringValue ?? ""
  }

  private static func card(_ number: Int) -> String {
    for check in 0...9 {
      let text = "62220200000\(10_000 + number)\(check)"
      if CardNumber.isValid(text) { return text }
    }
    return ""
  }

  func list(_ state: String) throws -> [JSONValue] {
    try call("stoploss.spool.list", ["state": .string(state), "limit": 500])["items"]?.arrayValue ?? []
  }

  func message(_ id: String) throws -> JSONValue? {
    for state in ["waiting", "prepared", "sent", "answered", "dropped"] {
      if let found = try list(state).first(where: { $0["id"]?.stringValue == id }) { return found }
    }
    return nil
  }

  func stop(_ id: String) throws -> JSONValue { try call("stoploss.stop.get", ["id": .string(id)]) }

  func minutes(_ count: Int) {
    clock.hold(at: clock.now().adding(minutes: count))
    store.clockChanged()
  }

  // MARK: What the bank does

  /// Takes whatever is in `out` away.
  func collect() throws {
    for name in names("out") {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: path("out", name))))
      try FileManager.default.removeItem(atPath: path("out", name))
      delivered.withLock { $0[name, default: []].append(bytes) }
    }
  }

  /// What was taken away, by name, each time it was there.
  var received: [String: [[UInt8]]] { delivered.withLock { $0 } }

  func answer(
    _ message: String, _ status: String = "CNCL", held: String? = "50000.00", id: String = "ICBC-7",
    at: String = "2026-03-02T09:10:00+08:00"
  ) -> String {
    let amount = held.map {
      "<RsltnRltdInf><IntrBkSttlmAmt Ccy=\"CNY\">\($0)</IntrBkSttlmAmt></RsltnRltdInf>"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn>
        <Assgnmt><Id>\(id)</Id><Assgnr/><Assgne/><CreDtTm>\(at)</CreDtTm></Assgnmt>
        <RslvdCase><Id>\(message)</Id><Cretr/></RslvdCase><Sts><Conf>\(status)</Conf></Sts>\(amount ?? "")
      </RsltnOfInvstgtn></Document>

      """
  }

  func put(_ text: String, as name: String = "a.xml", in folder: String = "in") throws {
    try put(Array(text.utf8), as: name, in: folder)
  }

  func put(_ bytes: [UInt8], as name: String, in folder: String = "in") throws {
    try Data(bytes).write(to: URL(filePath: path(folder, name)))
  }

  func path(_ folder: String, _ name: String) -> String { "\(configuration.directory)/\(folder)/\(name)" }

  func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(configuration.directory)/\(folder)")) ?? [])
      .sorted()
  }

  func text(_ folder: String, _ name: String) -> String? {
    FileManager.default.contents(atPath: path(folder, name)).map { String(decoding: $0, as: UTF8.self) }
  }

  static func digest(_ text: String) -> String { SHA256.hash(Array(text.utf8)).hex }
}
