import StationKit

/// Support requests of police stations to the departments of their bureau: request, response, support,
/// feedback.
package enum SupportRequests {
  /// The module, for a checked configuration.
  ///
  /// - Parameter configuration: the parsed `etc/support/scenarios.json`, with local overrides in its member
  ///   `local`.
  /// - Throws: ``CatalogueError``, naming the scenario and the member at fault.
  package static func module(configuration: JSONValue) throws -> Module {
    let catalogue = try Catalogue.parse(configuration)
    var module = Module(
      name: "support",
      title: Text("Support requests", zh: "派出所支援请求"),
      version: "1.0",
      words: words,
      collections: [request, cycle],
      methods: [open(catalogue)] + readMethods(catalogue) + stepMethods(catalogue),
      deadlines: [Escalation(catalogue: catalogue).kind],
      events: Announcement.kinds,
      calls: [DirectoryUnit.method],
      rules: SupportRules.table(catalogue),
      lifeCycles: [
        RequestLife.table.declared("request", Text("The life of a request", zh: "支援请求的流转"))
      ])
    module.units = catalogue.units
    return module
  }

  private static let figureFields: [Collection.Field] = [
    Collection.Field("opened", .integer), Collection.Field("department", .text),
    Collection.Field("station", .text),
    Collection.Field("scenario", .integer), Collection.Field("response", .integer),
    Collection.Field("support", .integer), Collection.Field("outcome", .integer),
  ]

  /// Holds every column that figures read, so that they never touch a body.
  private static let figuresIndex = Collection.Index("figures", on: figureFields.map(\.name))

  /// Lists walk the queue of each state they show. A queue of every unit's own would cost each opening several
  /// pages more on the disk.
  static let request = Collection(
    name: "request",
    summary: Text("A request with its present cycle", zh: "支援请求"),
    schema: Schemas.requestBody,
    fields: figureFields + [
      Collection.Field("state", .text), Collection.Field("rank", .integer),
    ],
    indexes: [
      Collection.Index("queue", on: ["state", "rank"], holding: ["station", "department"]), figuresIndex,
    ],
    personal: ["/summary", "/place", "/contact", "/history"],
    retention: .years(10, after: "ended"))

  static let cycle = Collection(
    name: "cycle",
    summary: Text("A cycle that ended before its request was reopened", zh: "已结束的办理周期"),
    schema: Schemas.cycleBody,
    fields: figureFields + [Collection.Field("request", .text)],
    indexes: [figuresIndex, Collection.Index("by_request", on: ["request"])],
    personal: ["/history"], subject: .member("request"),
    retention: .years(10, after: "ended"))

  private static func open(_ catalogue: Catalogue) -> Method {
    let opening = Opening(catalogue: catalogue)
    return Method(
      "open", Text("Ask a department for support", zh: "发起支援请求"),
      params: Schemas.object(
        [
          "scenario": Schemas.number, "station": Shapes.unit, "urgency": Schemas.urgency,
          "summary": Schemas.prose,
          "place": Schemas.line, "contact": Schemas.contact, "facts": Facts.schema, "branch": Shapes.unit,
          "reason": Schemas.reason,
        ], required: ["scenario", "station", "urgency", "summary"]),
      result: Schemas.header, permission: .role,
      examples: [
        Example(
          "A disturbance",
          params: [
            "scenario": 2, "station": "st-01", "urgency": "routine",
            "summary": "About thirty people block the gate of the market",
            "facts": ["officers_available": 4, "persons_involved": 30],
          ],
          result: Examples.header(.submitted, version: 1, marks: ["eligibility": "met"]))
      ],
      handler: .write { try opening.run($0, $1, $2) })
  }
}
