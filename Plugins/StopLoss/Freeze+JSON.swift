import StationKit

extension Freeze {
  init?(_ json: JSONValue?) {
    guard let json, let kind = Kind(json["kind"]),
      let amount = json["amount"]?.intValue, let months = json["months"]?.intValue,
      let scope = Scope(json["scope"]),
      let interest = json["interest"]?.boolValue, let approval = json["approval"]?.stringValue
    else { return nil }
    self.init(
      kind: kind, amount: amount, months: months, scope: scope, interest: interest,
      cityApproval: json["city_approval"]?.stringValue, approval: approval)
    ordered = Instant(json["ordered"])
    reference = json["reference"]?.stringValue
    since = Instant(json["since"])
    term = StoredTerm(json["term"])
    isPresumed = json["presumed"]?.boolValue ?? false
    renewals = json["renewals"]?.intValue ?? 0
    if let next = json["renewal"], let months = next["months"]?.intValue,
      let approval = next["approval"]?.stringValue
    {
      renewal = Renewal(
        months: months, approval: approval, cityApproval: next["city_approval"]?.stringValue)
      renewal?.ordered = Instant(next["ordered"])
    }
  }

  var json: JSONValue {
    var json: JSONObject = [
      "kind": .string(kind.rawValue), "amount": .int(amount), "months": .int(months),
      "scope": .string(scope.rawValue), "interest": .bool(interest), "approval": .string(approval),
      "renewals": .int(renewals),
    ]
    if let cityApproval { json["city_approval"] = .string(cityApproval) }
    if let ordered { json["ordered"] = ordered.stored }
    if let reference { json["reference"] = .string(reference) }
    if let since { json["since"] = since.stored }
    if let term { json["term"] = term.json }
    if isPresumed { json["presumed"] = true }
    if let renewal {
      var next: JSONObject = ["months": .int(renewal.months), "approval": .string(renewal.approval)]
      if let document = renewal.cityApproval { next["city_approval"] = .string(document) }
      if let ordered = renewal.ordered { next["ordered"] = ordered.stored }
      json["renewal"] = .object(next)
    }
    return .object(json)
  }

  static let schema: JSONValue = Shapes.object(
    [
      "kind": Shapes.words(Kind.self), "amount": Schemas.amount, "months": Schemas.months,
      "scope": Shapes.words(Scope.self), "interest": Shapes.flag, "approval": Schemas.id,
      "renewals": Shapes.count, "city_approval": Schemas.document, "ordered": Shapes.milliseconds,
      "reference": Schemas.reference, "since": Shapes.milliseconds, "term": StoredTerm.schema,
      "presumed": Shapes.flag,
      "renewal": Shapes.object(
        [
          "months": Schemas.months, "approval": Schemas.id, "city_approval": Schemas.document,
          "ordered": Shapes.milliseconds,
        ],
        required: ["months", "approval"]),
    ], required: ["kind", "amount", "months", "scope", "interest", "approval", "renewals"])

  /// What callers are shown.
  func shown(_ zone: Zone) -> JSONValue {
    var shown: JSONObject = [
      "kind": .string(kind.rawValue), "amount": .int(amount), "months": .int(months),
      "scope": .string(scope.rawValue), "interest": .bool(interest), "approval": .string(approval),
      "renewals": .int(renewals),
    ]
    if let ordered { shown["ordered_at"] = ordered.text(zone) }
    if let term {
      shown["frozen_at"] = (since ?? term.start).text(zone)
      shown["ends_at"] = term.end.text(zone)
    }
    if isPresumed { shown["presumed"] = true }
    if let renewal { shown["renewal_approval"] = .string(renewal.approval) }
    if let ordered = renewal?.ordered { shown["renewal_ordered_at"] = ordered.text(zone) }
    return .object(shown)
  }

  static let shownSchema: JSONValue = Shapes.object(
    [
      "kind": Shapes.words(Kind.self), "amount": Schemas.amount, "months": Schemas.months,
      "scope": Shapes.words(Scope.self), "interest": Shapes.flag, "approval": Schemas.id,
      "renewals": Shapes.count, "ordered_at": Shapes.instant, "frozen_at": Shapes.instant,
      "ends_at": Shapes.instant, "presumed": Shapes.flag, "renewal_approval": Schemas.id,
      "renewal_ordered_at": Shapes.instant,
    ], required: ["kind", "amount", "months", "scope", "interest", "approval", "renewals"])
}
