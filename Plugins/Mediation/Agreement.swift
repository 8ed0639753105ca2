import StationKit

/// The paper that the parties sign.
package enum Agreement {
  /// The id of a dispute's agreement.
  static func id(_ dispute: String) -> String { "\(dispute).a" }

  /// Everything that an agreement states, in the order of the paper.
  static let items = [
    "body", "mediator", "parties", "others_present", "time", "place", "cause", "course", "result", "terms",
  ]

  /// Checks that nothing is missing, and that it fits the dispute.
  ///
  /// - Parameters:
  ///   - people: everybody of the dispute, by id.
  ///   - attendees: who came to the session in which they agreed.
  /// - Returns: when it was signed and the day by which it is to be performed.
  /// - Throws: `refused_by_rule` with the pointer of the first item that is missing or does not fit.
  static func check(
    _ params: Params, _ dispute: Dispute, _ people: [String: Party],
    _ attendees: [Attendance.Attendee], _ rules: CaseRules, _ context: CallContext
  ) throws(RPCError) -> (signed: Instant, by: CivilDate) {
    for item in items where isMissing(params[item]) && item != "others_present" {
      throw missing(RuleID.agreementItems, "/\(item)")
    }
    try Screen.check(params, "body", rule: RuleID.agreementItems)
    // That nobody else was there is said by an empty list.
    guard params["others_present"] != nil else { throw missing(RuleID.agreementItems, "/others_present") }
    let performance = params["performance"]
    guard let by = CivilDate(performance?["by"]) else {
      throw missing(RuleID.agreementTerm, "/performance/by")
    }
    guard !isMissing(performance?["method"]) else {
      throw missing(RuleID.agreementMethod, "/performance/method")
    }
    try everyParty(params["parties"], dispute, "/parties", RuleID.agreementItems) { $0.id == $1.id }
    guard !isMissing(params["signatures"]) else { throw missing(RuleID.signatures, "/signatures") }
    let signed = try Moments.read(params, context, notBefore: dispute.latest, key: "signed_at")
    _ = try Moments.read(params, context, key: "time")
    let ages = people.compactMapValues { $0.age(on: signed.date(in: context.zone)) }
    var guarded: Set<String> = []
    for (id, age) in ages where try rules.needsGuardian(age: age, attendees.first { $0.person == id }) {
      guarded.insert(id)
    }
    let adult = try rules.int(RuleID.guardian, "adult")
    // A proxy may sign for the party, and a guardian for one under age: who is of age signs, or has given a proxy.
    // Whom the session needed a guardian for, its guardian signs for.
    try everyParty(params["signatures"], dispute, "/signatures", RuleID.signatures) { signer, party in
      let isGuardian = signer.represents == party.id && signer.role == .guardian
      guard !guarded.contains(party.id) else { return isGuardian }
      guard isGuardian else { return signer.id == party.id || signer.represents == party.id }
      return ages[party.id].map { $0 < adult } ?? true
    }
    guard by >= signed.date(in: context.zone) else {
      throw .refused(
        rule: RuleID.agreementTerm,
        Text("The day of performance comes before the signatures", zh: "履行期限早于签字日期"),
        pointer: "/performance/by")
    }
    return (signed, by)
  }

  private static func everyParty(
    _ listed: JSONValue?, _ dispute: Dispute, _ pointer: String, _ rule: String,
    _ covers: (Dispute.Person, Dispute.Person) -> Bool
  ) throws(RPCError) {
    var people: [Dispute.Person] = []
    for (place, item) in (listed?.arrayValue ?? []).enumerated() {
      guard let person = item.stringValue.flatMap({ dispute.person($0) }) else {
        throw .notFound("person", item.stringValue ?? "", pointer: "\(pointer)/\(place)")
      }
      people.append(person)
    }
    for party in dispute.parties where !people.contains(where: { covers($0, party) }) {
      throw .refused(rule: rule, Text("'\(party.id)' is missing", zh: "缺少“\(party.id)”"), pointer: pointer)
    }
  }

  private static func isMissing(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null: true
    case .array(let items): items.isEmpty
    default: false
    }
  }

  /// The items in Chinese, by pointer.
  private static let chinese = [
    "/body": "调解机关", "/mediator": "主持人", "/parties": "当事人", "/others_present": "其他在场人员", "/time": "时间",
    "/place": "地点", "/cause": "起因", "/course": "经过", "/result": "结果", "/terms": "协议内容",
    "/performance/by": "履行期限", "/performance/method": "履行方式", "/signatures": "签名",
  ]

  private static func missing(_ rule: String, _ pointer: String) -> RPCError {
    .refused(
      rule: rule,
      Text(
        "The agreement does not say: \(pointer.dropFirst())", zh: "协议书缺少事项：\(chinese[pointer] ?? pointer)"),
      pointer: pointer)
  }
}
