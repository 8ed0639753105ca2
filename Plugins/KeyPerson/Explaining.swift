import StationKit

/// `keyperson.explain`: how long the law allows a follow-up to be, and why. About the law, not about a record:
/// no read is needed to know the rules.
struct Explaining {
  let rules: Rules
  let params: Params
  let context: CallContext

  func run() throws -> JSONValue {
    let category = try params.word(Category.self, "category")
    let from = try params.date("from")
    let today = context.now.date(in: context.zone)
    let on = params["rules_on"] == nil ? today : try params.date("rules_on")
    let terms = Terms(rules: rules, calendar: context.calendar, zone: context.zone)
    let start = from.start(in: context.zone)
    var list = [
      try show("one_instrument", try terms.maximum(category, from: from, on: on), on),
      try show("with_renewals", try terms.total(category, from: from, on: on), on),
      try show("next_review", try terms.review(category, from: start, on: on), on),
      try show("erasure_if_ended_then", try terms.erasure(from: start, on: on), on),
    ]
    if category == .drugTreatment {
      list.append(try show("three_years_clean", try terms.clean(since: from, on: on), on))
    }
    return [
      "category": .string(category.rawValue), "rules_on": .string(on.description), "terms": .array(list),
    ]
  }

  private func show(_ what: String, _ term: ComputedTerm, _ on: CivilDate) throws -> JSONValue {
    let entry = try rules.book.rule(term.rule.id, on: on)
    let english = term.explain(.english)
    let chinese = term.explain(.chinese)
    let steps = term.explanation.enumerated().map { index, step -> JSONValue in
      ["code": .string(step.code), "en": .string(english[index]), "zh": .string(chinese[index])]
    }
    return [
      "what": .string(what), "term": .string(term.term.description),
      "rule": [
        "id": .string(entry.rule.id), "version": .string(entry.rule.version), "local": .bool(entry.isLocal),
        "source": .string(entry.rule.source),
      ],
      "last_day": .string(term.day.description), "end": term.end.text(context.zone),
      "provisional": .bool(term.provisional), "steps": .array(steps),
    ]
  }

  static let schema: JSONValue = Shapes.object([
    "category": Schemas.category, "rules_on": Shapes.date,
    "terms": Shapes.list(
      Shapes.object([
        "what": ["type": "string", "format": "code"], "term": Shapes.text(max: 32),
        "rule": Shapes.object([
          "id": Shapes.text(max: 64), "version": Shapes.text(max: 32), "local": Shapes.flag,
          "source": Shapes.text(max: 300),
        ]),
        "last_day": Shapes.date, "end": Shapes.instant, "provisional": Shapes.flag,
        "steps": Shapes.list(
          Shapes.object([
            "code": ["type": "string", "format": "code"], "en": Shapes.text(max: 500),
            "zh": Shapes.text(max: 500),
          ])),
      ])),
  ])
}
