import StationKit

/// `stoploss.get`, `stoploss.list`, `stoploss.account`.
struct ReportReads: Sendable {
  let policy: Policy

  /// The whole report, with personal data.
  func get(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, report) = try Reports.find(params, pointer: "/id", policy, context, tx)
    var whole = report.header(id: record.id, version: record.version, zone: context.zone)
    whole["age_band"] = .string(report.ageBand)
    whole["rules_on"] = .string(report.rulesOn.description)
    if let key = report.key { whole["key"] = .string(String(key.dropFirst(report.station.utf8.count + 1))) }
    whole["victim"] = report.victim.json
    if !report.corrections.isEmpty {
      whole["corrections"] = .array(report.corrections.map { $0.shown(context.zone) })
    }
    if let summary = report.summary { whole["summary"] = .string(summary) }
    if let toStop = report.toStop { whole["report_to_stop_s"] = .int(toStop / 1000) }
    whole["accounts"] = .array(
      try report.accounts.enumerated().map { place, id in
        var shown: JSONObject = [
          "account": .string(id), "role": report.victims.contains(place) ? "victim" : "suspect",
        ]
        guard let account = try tx.get("account", id).flatMap({ Account($0.body) }) else {
          return .object(shown)
        }
        shown.merge(particulars(account))
        return .object(shown)
      })
    whole["transfers"] = .array(
      report.transfers.compactMap { transfer in
        guard report.accounts.indices.contains(transfer.from), report.accounts.indices.contains(transfer.to)
        else { return nil }
        var shown: JSONObject = [
          "at": transfer.at.text(context.zone), "amount": .int(transfer.amount),
          "from": .string(report.accounts[transfer.from]), "to": .string(report.accounts[transfer.to]),
        ]
        if let reference = transfer.reference { shown["reference"] = .string(reference) }
        return .object(shown)
      })
    let stops = try tx.query(Query("stop", index: "by_report", equals: [.text(record.id)], limit: 500))
    whole["stops"] = .array(
      stops.records.compactMap { found in
        Stop(found.body).map {
          .object(
            $0.header(id: found.id, version: found.version, zone: context.zone, withShares: false))
        }
      })
    return .object(whole)
  }

  /// What was reported of an account.
  private func particulars(_ account: Account) -> JSONObject {
    var shown: JSONObject = ["number": .string(account.number), "kind": .string(account.kind.rawValue)]
    if let bank = account.bank { shown["bank"] = .string(bank) }
    if !account.holders.isEmpty { shown["holders"] = .array(account.holders.map(JSONValue.string)) }
    if let code = account.creditCode { shown["credit_code"] = .string(code) }
    return shown
  }

  /// One account, by its record's id or by its exact number.
  func account(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let records: [Record]
    if let id = params["id"]?.stringValue {
      records = [try Reports.account(id, pointer: "/id", policy, context, tx).0]
    } else if let number = params["number"]?.stringValue {
      let query = Query("account", index: "by_number", equals: [.text(number)], limit: 100)
      records = try tx.query(query).records
    } else {
      throw RPCError.invalid(Text("Name an 'id' or a 'number'", zh: "须指明 id 或账号"), pointer: "/id")
    }
    let items: [JSONValue] = records.compactMap { record in
      guard let account = Account(record.body),
        (try? Reports.requireScope(account, policy, context)) != nil
      else { return nil }
      var shown = particulars(account)
      shown.merge(Self.position(record.id, account, context))
      shown["reports"] = .array(account.reports.map(JSONValue.string))
      return .object(shown)
    }
    return ["items": .array(items)]
  }

  /// Where an account stands: no personal data.
  static func position(_ id: String, _ account: Account, _ context: CallContext) -> JSONObject {
    var shown: JSONObject = [
      "account": .string(id), "kind": .string(account.kind.rawValue), "holding": .int(account.holding),
      "stops": .int(account.stops), "active": .int(account.active),
      "report_count": .int(account.reports.count),
      "approximate": .bool(account.isApproximate),
    ]
    if let bank = account.bank { shown["bank"] = .string(bank) }
    if let arrived = account.arrived {
      shown["arrived_at"] = arrived.text(context.zone)
      shown["gone_s"] = .int(Int(context.now.milliseconds(since: arrived) / 1000))
    }
    return shown
  }

  static let positionMembers: JSONObject = [
    "account": Schemas.id, "kind": Account.kindSchema, "bank": Schemas.bank, "holding": Schemas.amountOrZero,
    "stops": Shapes.count, "active": Shapes.count, "report_count": Shapes.count, "approximate": Shapes.flag,
    "arrived_at": Shapes.instant, "gone_s": Schemas.seconds,
  ]

  static let positionRequired = [
    "account", "kind", "holding", "stops", "active", "report_count", "approximate",
  ]

  /// Reports without personal data: of a station in the order of entry, of all by the time they were made.
  func list(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let station = try Scoped.station(params, policy, context)
    let fraudType = params["fraud_type"]?.stringValue
    var query = Query("report", index: "figures")
    if let station {
      query.index = "by_station"
      query.equals = [.text(station)]
    }
    return try Scoped.page(query, params, tx, newestFirst: true) { record in
      guard let report = Report(record.body), fraudType == nil || report.fraudType == fraudType else {
        return nil
      }
      return .object(report.header(id: record.id, version: record.version, zone: context.zone))
    }
  }
}
