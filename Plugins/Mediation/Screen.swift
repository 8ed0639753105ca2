import StationKit

/// What names a committee or a court is shown unmasked: it must not tell who somebody is.
enum Screen {
  /// - Parameter member: of the params, that is such a name.
  /// - Throws: `refused_by_rule` where it holds an ID number, coordinates or a mobile number.
  static func check(_ params: Params, _ member: String, rule: String) throws(RPCError) {
    guard let text = params[member]?.stringValue, let found = finding(in: text) else { return }
    throw .refused(
      rule: rule, Text("'\(member)' must not hold \(found.en)", zh: "“\(member)”中不得包含\(found.zh)"),
      pointer: "/\(member)")
  }

  private static func finding(in text: String) -> Text? {
    if let finding = FreeText.finding(in: text) { return finding.name }
    let plain: String = FreeText.folded(text).filter { $0 != "-" }
    return MobileNumber.isWithin(plain) ? Text("a mobile number", zh: "手机号码") : nil
  }
}
