import StationKit

/// Follow-up of key persons (重点人员): duties that the law imposes, and care that somebody agreed to.
///
/// A record exists only under a legal instrument, for a term, and ends by itself. What is followed is duties and
/// deadlines, never movements; what must not be kept has no place to be kept in.
package enum KeyPerson {
  /// The module, for a checked configuration.
  ///
  /// - Parameter configuration: the parsed `etc/keyperson/rules.json`.
  /// - Throws: ``RuleBookError``, naming the rule and the member at fault.
  package static func module(configuration: JSONValue) throws -> Module {
    let rules = try Rules(configuration)
    return Module(
      name: "keyperson",
      title: Text("Key-person follow-up", zh: "重点人员关注"),
      version: "1.0",
      words: words,
      collections: Collections.all,
      methods: entryMethods(rules) + dutyMethods(rules) + endMethods(rules) + readMethods(rules),
      deadlines: Clockwork(rules: rules).kinds,
      events: Announcement.kinds,
      calls: [
        DirectoryUnit.method, FourEyes.request, FourEyes.consume, FourEyes.withdraw, FourEyes.forget,
        SupportAsking.open,
      ],
      rules: rules.book.table,
      lifeCycles: RecordLife.declared)
  }

  /// A method that takes a step: its answer holds no personal data. It answers people only, as everything does that
  /// names a record or a person: what no module can ask cannot be matched with what a module knows.
  static func step(
    _ name: String, _ summary: Text, _ members: JSONObject, required: [String], positional: [String] = [],
    result: JSONValue, example: JSONObject, answer: JSONValue, _ rules: Rules,
    run: @escaping @Sendable (Work, Params) throws -> JSONValue
  ) -> Method {
    var properties = members
    if properties["id"] != nil || properties["task"] != nil || properties["duty"] != nil {
      properties["version"] = Shapes.version
    }
    return Method(
      name, summary, params: Shapes.object(properties, required: required), positional: positional,
      result: result, permission: .role, answersPeopleOnly: true,
      examples: [Example(summary.en, params: .object(example), result: answer)],
      handler: .write { params, context, tx in
        try run(Work(rules: rules, context: context, tx: tx), params)
      })
  }
}
