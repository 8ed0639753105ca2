import StationKit

/// What is kept for ever and shown to everybody must not tell who somebody is.
enum Screen {
  /// Members of steps that name papers, bureaus and officers.
  private static let members = ["bureau", "custodian", "document", "handler", "number", "superior"]

  /// - Throws: `refused_by_rule` where one of them holds an ID number or coordinates.
  static func check(_ params: Params) throws(RPCError) {
    guard let (member, finding) = FreeText.finding(in: params.object, members: members) else { return }
    throw .refused(
      rule: RuleID.text,
      Text("'\(member)' must not hold \(finding.name.en)", zh: "“\(member)”中不得包含\(finding.name.zh)"),
      pointer: "/\(member)")
  }

  /// - Parameter person: a member of which is the ID number of somebody.
  /// - Throws: `refused_by_rule` unless it is a citizen's (GB 11643), where one is given.
  static func check(idNumberOf person: JSONValue?, _ pointer: String) throws(RPCError) {
    guard let number = person?["id_number"]?.stringValue, !IDNumber.isValid(number) else { return }
    throw .refused(
      rule: RuleID.idNumber, Text("Not an ID number", zh: "公民身份号码无效"), pointer: "\(pointer)/id_number")
  }
}
