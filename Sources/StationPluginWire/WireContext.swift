import StationKit

/// Who calls, when and why, as it stands on the wire.
package enum WireContext {
  package static func json(_ context: CallContext) -> JSONValue {
    var object: JSONObject = [
      "method": .string(context.method), "now": .string(context.now.rfc3339(zone: context.zone)),
      "late_before": .string(context.lateBefore.rfc3339(zone: context.zone)),
      "principal": principal(context.principal),
    ]
    if let purpose = context.purpose { object["purpose"] = .string(purpose) }
    if let reason = context.reason { object["reason"] = .string(reason) }
    return .object(object)
  }

  package static func context(_ value: JSONValue, calendar: WorkCalendar, zone: Zone) -> CallContext? {
    guard let method = value["method"]?.stringValue,
      let now = value["now"]?.stringValue.flatMap({ Instant(rfc3339: $0) }),
      let principal = value["principal"].flatMap(principal)
    else { return nil }
    return CallContext(
      principal: principal, method: method, now: now, calendar: calendar, zone: zone,
      purpose: value["purpose"]?.stringValue, reason: value["reason"]?.stringValue,
      lateBefore: value["late_before"]?.stringValue.flatMap { Instant(rfc3339: $0) })
  }

  private static func principal(_ principal: Principal) -> JSONValue {
    var object: JSONObject = [
      "uid": .int(Int(principal.uid)), "gid": .int(Int(principal.gid)),
      "roles": .array(principal.roles.map(JSONValue.string)), "person": .string(principal.person),
    ]
    if let unit = principal.unit { object["unit"] = .string(unit) }
    if let actor = principal.actor { object["actor"] = .string(actor) }
    if let approves = principal.approves { object["approves"] = .array(approves.map { .string($0.pattern) }) }
    switch principal.scope {
    case .all: object["scope"] = "all"
    case .units(let units): object["scope"] = .array(units.sorted().map(JSONValue.string))
    }
    return .object(object)
  }

  private static func principal(_ value: JSONValue) -> Principal? {
    guard let uid = value["uid"]?.intValue.flatMap(UInt32.init(exactly:)),
      let gid = value["gid"]?.intValue.flatMap(UInt32.init(exactly:)),
      let roles = value["roles"]?.arrayValue?.compactMap(\.stringValue)
    else { return nil }
    // A pattern that cannot be read allows nothing.
    let approves = value["approves"].map {
      ($0.arrayValue ?? []).compactMap { MethodPattern($0.stringValue ?? "") }
    }
    let scope: Scope
    switch value["scope"] {
    case .string("all")?: scope = .all
    case .array(let units)?: scope = .units(Set(units.compactMap(\.stringValue)))
    default: return nil
    }
    return Principal(
      uid: uid, gid: gid, roles: roles, unit: value["unit"]?.stringValue, actor: value["actor"]?.stringValue,
      scope: scope, approves: approves)
  }
}

extension RPCError {
  /// An error object of JSON-RPC 2.0 whose `data.kind` is one of the daemon's; nil for anything else.
  package init?(wire value: JSONValue) {
    guard let message = value["message"]?.stringValue, let data = value["data"],
      let kind = data["kind"]?.stringValue.flatMap(ErrorKind.init(rawValue:))
    else { return nil }
    var details = data.objectValue ?? [:]
    for key in ["kind", "pointer", "rule", "retry_after_ms", "message_zh"] { details[key] = nil }
    self.init(
      kind, Text(message, zh: data["message_zh"]?.stringValue ?? kind.message.zh),
      pointer: data["pointer"]?.stringValue, rule: data["rule"]?.stringValue,
      retryAfterMs: data["retry_after_ms"]?.intValue, details: details.keys.isEmpty ? nil : details)
  }
}

/// The working-day calendars, so that a plugin counts days as the daemon does.
package enum WireCalendar {
  package static func json(_ calendar: WorkCalendar) -> JSONValue {
    .array(
      calendar.years.map { year in
        [
          "year": .int(year.year), "version": .string(year.version),
          "source": [
            "title": .string(year.source.title), "document_number": .string(year.source.documentNumber),
            "published": .string(year.source.published.description),
          ],
          "holidays": .array(
            year.holidays.map {
              [
                "name": .string($0.name), "english_name": .string($0.englishName),
                "first": .string($0.first.description), "last": .string($0.last.description),
              ]
            }),
          "worked_days": .array(year.workedDays.map { .string($0.description) }),
        ]
      })
  }

  /// nil where it is not what ``json(_:)`` makes.
  package static func calendar(_ value: JSONValue) -> WorkCalendar? {
    guard let items = value.arrayValue else { return nil }
    var years: [YearCalendar] = []
    for item in items {
      guard let year = item["year"]?.intValue, let version = item["version"]?.stringValue,
        let source = item["source"], let published = date(source["published"]),
        let calendar = try? YearCalendar(
          year: year, version: version,
          source: .init(
            title: source["title"]?.stringValue ?? "",
            documentNumber: source["document_number"]?.stringValue ?? "", published: published),
          holidays: (item["holidays"]?.arrayValue ?? []).compactMap { holiday in
            guard let first = date(holiday["first"]), let last = date(holiday["last"]) else { return nil }
            return .init(
              name: holiday["name"]?.stringValue ?? "",
              englishName: holiday["english_name"]?.stringValue ?? "",
              first: first, last: last)
          },
          workedDays: (item["worked_days"]?.arrayValue ?? []).compactMap(date))
      else { return nil }
      years.append(calendar)
    }
    return try? WorkCalendar(years: years)
  }

  private static func date(_ value: JSONValue?) -> CivilDate? { value?.stringValue.flatMap { CivilDate($0) } }
}
