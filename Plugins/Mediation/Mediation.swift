import StationKit

/// Dispute mediation: who is asked and willing, two sessions, an agreement that is performed and visited; or a
/// case clock.
package enum Mediation {
  /// The module, for a checked configuration.
  ///
  /// - Parameter configuration: the parsed `etc/mediation/rules.json`.
  /// - Throws: `RuleBookError`, naming the rule and what is wrong with it.
  package static func module(configuration: JSONValue) throws -> Module {
    let rules = try Rules(configuration)
    return Module(
      name: "mediation", title: Text("Dispute mediation", zh: "矛盾纠纷调解"), version: "1.0",
      words: words,
      collections: [dispute, party, session, agreement, call],
      methods: openingMethods(rules) + workMethods(rules) + custodyMethods(rules) + readMethods(rules),
      deadlines: Alarm(rules: rules).kinds, events: Announcement.kinds,
      calls: [DirectoryUnit.method, Door.open, "approval.request", "approval.consume"],
      rules: rules.book.table,
      lifeCycles: [
        DisputeLife.table.declared("dispute", Text("The life of a dispute", zh: "纠纷调解的流转"))
      ])
  }

  /// A step: its params beside the id and the expected version.
  static func step(
    _ name: String, _ summary: Text, _ members: JSONObject = [:], required: [String] = [],
    example: JSONObject = [:], result: JSONValue, answer: JSONValue = Schemas.header,
    _ handler: @escaping @Sendable (Params, CallContext, any Transaction) throws -> JSONValue
  ) -> Method {
    let id: JSONObject = ["id": Schemas.id]
    let exampleID: JSONObject = ["id": Examples.id]
    return Method(
      name, summary,
      params: Shapes.object(
        id.merging(members).merging(["version": Shapes.version]), required: ["id"] + required),
      positional: ["id"], result: answer, permission: .role,
      examples: [Example(summary.en, params: .object(exampleID.merging(example)), result: result)],
      handler: .write { try handler($0, $1, $2) })
  }
}
