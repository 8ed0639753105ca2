import StationKit

/// Who lost the money. Kept encrypted, as one member of the report.
package struct Victim: Sendable, Hashable {
  package let name: String
  package let idNumber: String?
  package let phone: String?

  init?(_ json: JSONValue?) {
    guard let name = json?["name"]?.stringValue else { return nil }
    self.name = name
    idNumber = json?["id_number"]?.stringValue
    phone = json?["phone"]?.stringValue
  }

  var json: JSONValue {
    var json: JSONObject = ["name": .string(name)]
    if let idNumber { json["id_number"] = .string(idNumber) }
    if let phone { json["phone"] = .string(phone) }
    return .object(json)
  }

  /// The same with what a correction names; a null takes a member away. nil where no name would be left.
  func corrected(_ changes: JSONObject) -> Victim? {
    var members = json.objectValue ?? [:]
    _ = members.correct(changes.keys, by: changes)
    return Victim(.object(members))
  }

  /// - Throws: `refused_by_rule` for an identity number that is none, or of somebody born after the day.
  func check(at pointer: String, on day: CivilDate) throws(RPCError) {
    guard let idNumber else { return }
    if let birth = IDNumber.birth(idNumber), birth <= day { return }
    throw .refused(
      rule: RuleID.idNumber, Text("Not an identity number", zh: "公民身份号码无效"),
      pointer: pointer + "/id_number")
  }

  private static let name = Shapes.personal(.name, max: 64)
  private static let idNumber = Shapes.personal(.number, max: 18)
  private static let phone = Shapes.personal(.phone, max: 32)

  static let schema = Shapes.object(
    ["name": name, "id_number": idNumber, "phone": phone], required: ["name"])

  /// What a correction names.
  static let changes = Shapes.object(
    [
      "name": name, "id_number": Shapes.nullable(idNumber), "phone": Shapes.nullable(phone),
    ], required: [])
}
