import StationKit

/// `directory.duty.*`.
enum DutyMethods {
  private static let example: JSONValue = [
    "unit": "command-centre", "holder": "CC-1", "role": "duty leader",
    "from": "2026-03-02T08:00:00.000+08:00",
    "to": "2026-03-03T08:00:00.000+08:00", "version": 1,
  ]

  static let set = Method(
    "duty.set",
    Text("Say who is on duty at a unit; the same holder and start replaces its end", zh: "设定单位值班人员"),
    params: Schemas.object(
      [
        "unit": Schemas.id, "holder": Schemas.title, "role": Schemas.title, "from": Shapes.instant,
        "to": Shapes.instant,
      ], required: ["unit", "holder", "from", "to"]),
    result: Schemas.duty, permission: .role,
    examples: [
      Example(
        "A day at the command centre",
        params: [
          "unit": "command-centre", "holder": "CC-1", "role": "duty leader",
          "from": "2026-03-02T08:00:00+08:00",
          "to": "2026-03-03T08:00:00+08:00",
        ], result: example)
    ],
    handler: .write { params, context, tx in
      let unit = try params.string("unit")
      try context.principal.require(unit)
      guard let record = try tx.get("unit", unit), record["active"]?.boolValue == true else {
        throw RPCError.notFound("active unit", unit, pointer: "/unit")
      }
      return answer(try store(params, unit: unit, in: tx), context.zone)
    })

  static let get = Method(
    "duty.get", Text("Who is on duty at a unit now, or at an instant", zh: "查看单位当前或某时刻值班人员"),
    params: Schemas.object(["unit": Schemas.id, "at": Shapes.instant], required: ["unit"]),
    positional: ["unit"],
    result: Schemas.object(
      ["unit": Schemas.id, "at": Shapes.instant, "items": Shapes.list(Schemas.duty)],
      required: ["unit", "at", "items"]),
    permission: .role,
    examples: [
      Example(
        "The command centre", params: ["unit": "command-centre"],
        result: [
          "unit": "command-centre", "at": "2026-03-02T09:00:00.000+08:00", "items": [example],
        ])
    ],
    handler: .read { params, context, tx in
      let unit = try params.string("unit")
      guard try tx.get("unit", unit) != nil else { throw RPCError.notFound("unit", unit, pointer: "/unit") }
      let at = try params["at"].map { try instant($0, "/at") } ?? context.now
      // No duty is longer than the rule allows, so that earlier starts need not be looked at.
      let earliest = at.milliseconds - Int64(DirectoryRules.dutyDaysAtMost) * 86_400_000
      let query = Query(
        "duty", index: "by_unit", equals: [.text(unit)], from: .integer(Int(earliest)),
        to: .integer(Int(at.milliseconds) + 1), limit: 1000)
      let items = try tx.all(query).filter { ($0["ends"]?.intValue ?? 0) > Int(at.milliseconds) }
        .map { answer($0, context.zone) }
      return [
        "unit": .string(unit), "at": at.text(context.zone), "items": .array(items),
      ]
    })

  /// Stores one duty from params.
  static func store(_ params: Params, unit: String, in tx: any Transaction) throws -> Record {
    let holder = try params.string("holder")
    let from = try instant(params["from"], "/from")
    let to = try instant(params["to"], "/to")
    let days = to.milliseconds(since: from)
    guard days > 0, days <= Int64(DirectoryRules.dutyDaysAtMost) * 86_400_000 else {
      throw RPCError.refused(
        rule: DirectoryRules.dutySpan,
        Text("A duty ends after it starts, within 31 days", zh: "值班止时应晚于起时且不超过三十一日"), pointer: "/to")
    }
    let starts = Int(from.milliseconds)
    var body: JSONObject = [
      "unit": .string(unit), "holder": .string(holder), "starts": .int(starts),
      "ends": to.stored,
    ]
    if let role = params["role"] { body["role"] = role }
    let same = try tx.query(
      Query(
        "duty", index: "by_unit", equals: [.text(unit)], from: .integer(starts), to: .integer(starts + 1),
        limit: 1000)
    ).records.first { $0["holder"]?.stringValue == holder }
    guard let same else { return try tx.create("duty", id: nil, body) }
    return same.body == body ? same : try tx.put("duty", same.id, version: same.version, body)
  }

  private static func answer(_ record: Record, _ zone: Zone) -> JSONValue {
    var duty: JSONObject = ["unit": record["unit"] ?? .null, "holder": record["holder"] ?? .null]
    if let role = record["role"] { duty["role"] = role }
    duty["from"] = Instant(record["starts"])?.text(zone)
    duty["to"] = Instant(record["ends"])?.text(zone)
    duty["version"] = .int(record.version)
    return .object(duty)
  }

  private static func instant(_ value: JSONValue?, _ pointer: String) throws(RPCError) -> Instant {
    guard let text = value?.stringValue, let instant = Instant(rfc3339: text) else {
      throw .invalid(Text("Not a date and time with offset", zh: "不是带时区的时间"), pointer: pointer)
    }
    return instant
  }
}
