import StationKit

/// What a text that is kept in the clear must not carry: such texts are shown without a purpose, and unmasked.
enum TextScreen {
  /// Members of params that are such texts.
  private static let members = ["reference", "document", "city_approval", "bank"]

  /// - Parameter pointer: of what was given in the params.
  /// - Throws: `refused_by_rule` where one of them holds an ID number or coordinates.
  static func check(_ given: JSONObject, at pointer: String = "") throws(RPCError) {
    guard let (member, finding) = FreeText.finding(in: given, members: members) else { return }
    throw .refused(
      rule: RuleID.text,
      Text(
        "This is kept in the clear: it must not hold \(finding.name.en)",
        zh: "此内容以明文保存，不得包含\(finding.name.zh)"),
      pointer: "\(pointer)/\(member)")
  }
}
