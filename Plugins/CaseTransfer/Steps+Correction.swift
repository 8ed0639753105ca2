import StationKit

/// What is kept about the reporter or a person was wrong, or has changed: a right of theirs, also after the end.
extension Steps {
  private static let members = ["name", "phone", "id_number", "address"]

  /// Both versions stay.
  static let correct: Change = { handling in
    let place = handling.params["person"]?.intValue
    var persons = handling.item.persons?.arrayValue ?? []
    let former = place.map { $0 <= persons.count ? persons[$0 - 1] : nil } ?? handling.item.reporter
    guard var stated = former?.objectValue else {
      throw RPCError.notFound("person", place.map(String.init) ?? "reporter", pointer: "/person")
    }
    try Screen.check(idNumberOf: .object(handling.params.object), "")
    let (before, after) = stated.correct(members, by: handling.params.object)
    guard !(before.isEmpty && after.isEmpty) else {
      throw RPCError.refused(
        rule: RuleID.correction, Text("Nothing would change", zh: "没有需要更正的内容"), pointer: "/person")
    }
    guard handling.item.corrections.count(where: { $0["person"]?.intValue == place }) < Limits.corrections
    else {
      throw RPCError.refused(
        rule: RuleID.correction,
        Text("At most \(Limits.corrections) corrections of a person", zh: "每人至多更正 \(Limits.corrections) 次"),
        pointer: "/person")
    }
    var correction: JSONObject = [
      "at": handling.now.text(handling.context.zone), "by": handling.by, "before": .object(before),
      "after": .object(after), "document": .string(try handling.params.string("document")),
    ]
    if let place {
      correction["person"] = .int(place)
      persons[place - 1] = .object(stated)
      handling.item.persons = .array(persons)
    } else {
      handling.item.reporter = .object(stated)
    }
    handling.item.corrections.append(.object(correction))
    handling.details["code"] = .string(place.map { "person_\($0)" } ?? "reporter")
  }
}
