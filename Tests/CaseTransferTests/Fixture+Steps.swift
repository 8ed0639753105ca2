import CaseTransfer
import ModuleTesting
import StationKit
import Testing

/// Steps as tests take them, each with params that are enough.
extension Fixture {
  @discardableResult
  func call(
    _ method: String, _ id: String, _ more: JSONObject = [:], as principal: Principal = .all
  ) throws -> JSONValue {
    var params: JSONObject = ["id": .string(id)]
    for (key, value) in more { params[key] = value }
    return try store.call("transfer.\(method)", params, as: principal)
  }

  func receive(
    _ kind: String = "administrative", unit: String = "st-02", facts: JSONObject? = nil,
    more: JSONObject = [:], as principal: Principal = .all
  ) throws -> String {
    var params: JSONObject = [
      "unit": .string(unit), "kind": .string(kind), "summary": "A brawl in a restaurant",
      "reporter": ["name": "王小明", "phone": "13800005678"],
    ]
    params["facts"] = facts.map(JSONValue.object)
    for (key, value) in more { params[key] = value.isNull ? JSONValue?.none : value }
    return try #require(try store.call("transfer.receive", params, as: principal)["id"]?.stringValue)
  }

  @discardableResult
  func screen(_ id: String, to unit: String = brigade, as principal: Principal = .all) throws -> JSONValue {
    try call("screen", id, ["jurisdiction": "other", "to": .string(unit)], as: principal)
  }

  @discardableResult
  func add(
    _ id: String, _ kind: String = "physical", quantity: Int = 2, sha256: String? = nil,
    as principal: Principal = .all
  ) throws -> Int {
    var params: JSONObject = [
      "kind": .string(kind), "description": "A knife", "quantity": .int(quantity), "condition": "sealed",
      "handler": "officer-1", "custodian": "keeper-1",
    ]
    if let sha256 { params["sha256"] = .string(sha256) }
    return try #require(try call("evidence.add", id, params, as: principal)["item"]?.intValue)
  }

  /// What a side counts, if it finds everything as registered.
  func sheet(_ id: String, _ change: (Int, inout JSONObject) -> Void = { _, _ in }) -> JSONValue {
    .array(
      records("item").filter { $0["case"]?.stringValue == id && $0["held"] == true }.map { record in
        var line: JSONObject = [
          "item": record["number"] ?? .null, "quantity": record["quantity"] ?? .null,
          "condition": record["condition"] ?? .null,
        ]
        line["sha256"] = record["sha256"]
        change(record["number"]?.intValue ?? 0, &line)
        return .object(line)
      })
  }

  @discardableResult
  func count(
    _ id: String, _ side: String, _ items: JSONValue? = nil, as principal: Principal? = nil
  ) throws -> JSONValue {
    let one = Principal(uid: side == "giving" ? 7001 : 7002, gid: 7000, roles: [], unit: nil, scope: .all)
    return try call(
      "count", id, ["side": .string(side), "items": items ?? sheet(id)], as: principal ?? one)
  }

  @discardableResult
  func accept(_ id: String, as principal: Principal = .all) throws -> JSONValue {
    try call("accept", id, ["handler": "officer-9", "custodian": "keeper-9"], as: principal)
  }

  /// Asks for the chief's approval, and has the chief approve it.
  func approve(_ id: String, as principal: Principal = station) throws {
    let request = try call("approval.request", id, as: principal)["approval"] ?? .null
    try store.call("approval.approve", ["id": request, "version": 1], as: Fixture.chief)
    try call("approval.approve", id, as: principal)
  }

  /// An administrative case on its way through the states; evidence of one item where it is sent.
  func at(_ state: State) throws -> String {
    if state == .approval { return try criminal() }
    let id = try receive()
    if state == .received { return id }
    try add(id)
    switch state {
    case .negotiating, .designated, .jurisdictionEnded:
      try call("screen", id, ["jurisdiction": "outside"])
      try call("negotiate", id, ["bureau": "Linhai"])
      if state == .negotiating { return id }
      try designate(id)
      if state == .jurisdictionEnded { try call("jurisdiction.end", id, ["number": "N-1"]) }
      return id
    default: break
    }
    try screen(id)
    if state == .screened { return id }
    try call("notice.issue", id, ["number": "T-1"])
    if state == .noticeIssued { return id }
    try call("send", id)
    if state == .sent { return id }
    try count(id, "giving")
    if state == .discrepancy {
      try count(id, "receiving", sheet(id) { $1["quantity"] = 1 })
      return id
    }
    try count(id, "receiving")
    if state == .counted { return id }
    try accept(id)
    if state == .accepted { return id }
    try call("dispute", id, ["ground": "jurisdiction", "text": "not ours"])
    if state == .acceptedUnderDispute { return id }
    try call("adjudicate", id, ["to": .string(Fixture.brigade)])
    return id
  }

  private func criminal() throws -> String {
    let id = try receive("criminal")
    try screen(id, to: "criminal-brigade")
    try call("approval.request", id)
    return id
  }

  @discardableResult
  func designate(_ id: String, _ bureau: String = "Linhai") throws -> JSONValue {
    try call("designate", id, ["superior": "Taishan", "number": "D-1", "bureau": .string(bureau)])
  }

  /// Takes a sent case over: both sides count, the receiver accepts.
  func handOver(_ id: String) throws {
    try count(id, "giving")
    try count(id, "receiving")
    try accept(id)
  }

  /// Members without which a step is not valid.
  static let needed: [Action: (method: String, params: JSONObject)] = [
    .urgentStep: ("urgent_step", ["measure": "rescue"]),
    .screen: ("screen", ["jurisdiction": "other", "to": "traffic-brigade"]),
    .reclassify: ("reclassify", [:]), .requestApproval: ("approval.request", [:]),
    .approve: ("approval.approve", [:]), .issueNotice: ("notice.issue", ["number": "T-2"]),
    .send: ("send", [:]), .accept: ("accept", ["handler": "officer-9", "custodian": "keeper-9"]),
    .dispute: ("dispute", ["ground": "facts", "text": "not so"]),
    .adjudicate: ("adjudicate", ["to": .string(brigade)]), .negotiate: ("negotiate", ["bureau": "Linhai"]),
    .keep: ("designate", ["superior": "Taishan", "number": "D-2", "keeps": true]),
    .designate: ("designate", ["superior": "Taishan", "number": "D-2", "bureau": "Linhai"]),
    .endJurisdiction: ("jurisdiction.end", ["number": "N-2"]),
    .addEvidence: (
      "evidence.add",
      [
        "kind": "document", "description": "A letter", "quantity": 1, "condition": "intact",
        "handler": "officer-1", "custodian": "keeper-1",
      ]
    ),
    .moveEvidence: ("evidence.move", ["item": 1, "link": "moved", "custodian": "keeper-2"]),
    .correctEvidence: (
      "evidence.move", ["item": 1, "link": "corrected", "quantity": 7, "text": "miscounted"]
    ),
    .handOut: ("evidence.move", ["item": 1, "link": "handed_out"]),
    .tellReporter: ("reporter.tell", ["way": "phone"]),
    .correct: ("correct", ["phone": "13900001111", "document": "ID card"]),
    .trouble: ("trouble", ["code": "other"]),
  ]
}
