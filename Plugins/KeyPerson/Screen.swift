import StationKit

/// What free text must not carry.
enum Screen {
  /// - Throws: `refused_by_rule` where a text holds an ID number or coordinates.
  static func check(_ text: String?, _ pointer: String) throws(RPCError) {
    guard let text, let finding = FreeText.finding(in: text) ?? CloserLook.finding(in: text) else { return }
    throw .refused(
      rule: RuleID.text,
      Text("A text must not hold \(finding.name.en)", zh: "文本中不得包含\(finding.name.zh)"), pointer: pointer)
  }

  /// Every text in a value, wherever it stands.
  static func check(all value: JSONValue?, _ pointer: String) throws(RPCError) {
    switch value {
    case .string(let text): try check(text, pointer)
    case .object(let object):
      for (key, member) in object { try check(all: member, "\(pointer)/\(key)") }
    default: break
    }
  }

  /// - Throws: `invalid_params` unless it is a citizen's identity number (GB 11643).
  static func checkIDNumber(_ value: JSONValue?, _ pointer: String) throws(RPCError) {
    guard let text = value?.stringValue else { return }
    guard IDNumber.isValid(text) else {
      throw .invalid(Text("Not a valid ID number", zh: "公民身份号码无效"), pointer: pointer)
    }
  }

  /// - Throws: `invalid_params` unless it is digits, with `+`, `-` and spaces: at most fifteen (ITU-T E.164),
  ///   and no ID number of fifteen places, so that nothing else can stand in for a telephone number.
  static func checkPhone(_ value: JSONValue?, _ pointer: String) throws(RPCError) {
    guard let text = value?.stringValue else { return }
    let digits = text.utf8.filter { (0x30...0x39).contains($0) }
    let others = text.utf8.filter { !(0x30...0x39).contains($0) }
    guard (3...15).contains(digits.count), others.allSatisfy({ [0x20, 0x2B, 0x2D].contains($0) }),
      CloserLook.finding(in: String(decoding: digits, as: UTF8.self)) == nil
    else {
      throw .invalid(Text("Not a telephone number", zh: "电话号码无效"), pointer: pointer)
    }
  }

  /// The personal members that a caller gives, wherever they are given.
  static func check(person: JSONObject) throws(RPCError) {
    try check(person["name"]?.stringValue, "/name")
    try checkIDNumber(person["id_number"], "/id_number")
    try checkPhone(person["phone"], "/phone")
    try check(person["guardian"]?["name"]?.stringValue, "/guardian/name")
    try checkPhone(person["guardian"]?["phone"], "/guardian/phone")
    for member in ["instrument", "consent", "care_need", "decision", "document"] {
      try check(all: person[member], "/\(member)")
    }
  }
}
