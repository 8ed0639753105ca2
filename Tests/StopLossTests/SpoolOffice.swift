import Approval
import Directory
import ModuleTesting
import StationKit
import StopLoss

/// A bureau with the shipped rules, in which a fraud was reported, and the far side of its spool.
struct SpoolOffice {
  static let morning = Instant(rfc3339: "2026-03-02T09:00:00+08:00") ?? .earliest
  static let victim = "6200000000000005"
  static let suspect = "6222021234567890128"
  let store: TestStore

  init(_ rules: JSONValue = file("etc/stoploss/rules.json")) throws {
    store = try TestStore(
      [Directory.module(), Approval.module(), try StopLoss.module(configuration: rules)], now: Self.morning)
    try store.call("directory.import", Self.file("etc/directory.example.json").objectValue ?? [:])
    store.contents.events = []
  }

  static func file(_ path: String) -> JSONValue { ShippedFile.json(path) }

  /// A report of 50,000.00 yuan that went to `suspect`; the stop that was asked for.
  @discardableResult
  func stop(
    number: String = suspect, kind: String = "card", bank: String? = "ICBKCNBJ", holder: String? = "李四",
    station: String = "st-02"
  ) throws -> String {
    var account: JSONObject = ["number": .string(number), "kind": .string(kind), "role": "suspect"]
    if let bank { account["bank"] = .string(bank) }
    if let holder { account["holder"] = .string(holder) }
    let report = try store.call(
      "stoploss.report",
      [
        "station": .string(station), "fraud_type": .string(Self.fraudType),
        "occurred_at": "2026-03-02T08:50:00+08:00", "victim": ["name": "张三"],
        "accounts": [
          ["number": .string(Self.victim), "kind": "card", "role": "victim", "holder": "张三"],
          .object(account),
        ],
        "transfers": [
          [
            "at": "2026-03-02T08:50:00+08:00", "amount": 5_000_000, "from": .string(Self.victim),
            "to": .string(number), "reference": "TX-1",
          ]
        ],
      ])
    let accountID = store.contents.rows["stoploss.account"]?.first {
      $0.value.record["number"]?.stringValue == number
    }
    let stop = try store.call(
      "stoploss.stop.request", ["report": report["id"] ?? .null, "account": .string(accountID?.key ?? "")])
    return stop["id"]?.stringValue ?? ""
  }

  private static let fraudType =
    file("etc/stoploss/rules.json")["fraud_types"]?.arrayValue?.first?["code"]?.stringValue ?? ""

  /// The messages in the order in which they were queued.
  var messages: [(id: String, message: SpoolMessage)] {
    (store.contents.rows["stoploss.message"] ?? [:]).values.sorted { $0.sequence < $1.sequence }.compactMap {
      row in
      SpoolMessage(row.record.body).map { (row.record.id, $0) }
    }
  }

  func stopRecord(_ id: String) -> Stop? {
    store.contents.rows["stoploss.stop"]?[id].flatMap { Stop($0.record.body) }
  }

  func refusal(_ digest: String) -> SpoolRefusal? {
    store.contents.rows["stoploss.spool_refusal"]?[digest].flatMap { SpoolRefusal($0.record.body) }
  }

  func events(_ name: String) -> [JSONObject] {
    store.contents.events.filter { $0.name == "stoploss.\(name)" }.map(\.payload)
  }

  func spool(_ method: String, _ params: JSONObject = [:]) throws -> JSONValue {
    try store.call("stoploss.spool.\(method)", params)
  }

  /// Takes a message out of the house, as the spooler does.
  func send(_ id: String) throws {
    _ = try spool("prepared", ["id": .string(id), "digest": .string(Self.digest("x")), "name": "x.xml"])
    _ = try spool("sent", ["id": .string(id)])
  }

  func receive(_ file: BankFile, name: String = "a.xml") throws -> String {
    try receive(file.text, name: name)
  }

  func receive(_ text: String, name: String = "a.xml") throws -> String {
    let answer = try spool(
      "receive", ["name": .string(name), "digest": .string(Self.digest(text)), "text": .string(text)])
    return answer["reason"]?["code"]?.stringValue ?? answer["outcome"]?.stringValue ?? ""
  }

  /// A digest that is good enough to tell test files apart, of the right form.
  static func digest(_ text: String) -> String {
    var words: [UInt64] = [14_695_981_039_346_656_037, 3, 5, 7]
    for byte in text.utf8 {
      for place in words.indices {
        words[place] = (words[place] ^ UInt64(byte)) &* 1_099_511_628_211 &+ UInt64(place)
      }
    }
    return words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// What the bank of a message may answer; held, where it is held, is in yuan.
  static func answer(
    _ message: String, _ status: String = "CNCL", held: String? = "50000.00", id: String = "ICBC-7",
    at: String = "2026-03-02T09:10:00+08:00", reasons: String = ""
  ) -> BankFile {
    var file = BankFile(id: id, created: at, status: status, request: message, amount: held)
    if !reasons.isEmpty { file.transactions = [(nil, reasons, nil)] }
    return file
  }

  func minutes(_ count: Int) throws { try store.advance(to: store.now.adding(minutes: count)) }
}
