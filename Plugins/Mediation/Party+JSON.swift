import StationKit

extension Party {
  /// What a caller says of a person.
  ///
  /// - Parameter pointer: where it stands in the params; empty for the params themselves.
  /// - Throws: `refused_by_rule` for an ID number that cannot be, or a birth date that is not that of the number;
  ///   `invalid_params` for a phone without digits.
  init(said: JSONObject, role: Role, pointer: String, today: CivilDate) throws(RPCError) {
    self.init(role: role, name: "")
    try set(said, pointer: pointer, today: today)
  }

  /// Takes over what is said and leaves the rest; null takes away.
  mutating func set(_ said: JSONObject, pointer: String, today: CivilDate) throws(RPCError) {
    if let name = said["name"]?.stringValue { self.name = name }
    if let number = said["id_number"] {
      guard number.stringValue.map({ IDNumber.isValid($0) }) ?? true else {
        throw .refused(
          rule: RuleID.idNumber, Text("Not an ID number", zh: "公民身份号码无效"), pointer: "\(pointer)/id_number")
      }
      idNumber = number.stringValue
    }
    if let phone = said["phone"] {
      self.phone = phone.stringValue
      guard hasPhoneDigits else {
        throw .invalid(Text("Not a telephone number", zh: "电话号码无效"), pointer: "\(pointer)/phone")
      }
    }
    if let address = said["address"] { self.address = address.stringValue }
    if let authority = said["authority"]?.stringValue { self.authority = authority }
    if let birth = said["birth"] { statedBirth = CivilDate(birth) }
    let place = said["birth"] == nil ? "\(pointer)/id_number" : "\(pointer)/birth"
    if let statedBirth, let number = idNumber, IDNumber.birth(number) != statedBirth {
      throw .refused(
        rule: RuleID.birth, Text("The ID number tells another date of birth", zh: "出生日期与公民身份号码不符"),
        pointer: place)
    }
    if let birth, birth > today {
      throw .refused(
        rule: RuleID.birth, Text("Nobody is born in the future", zh: "出生日期晚于今日"), pointer: place)
    }
  }

  /// What is stated of the person.
  var stated: JSONObject {
    var stated: JSONObject = ["name": .string(name)]
    stated["id_number"] = idNumber.map(JSONValue.string)
    stated["phone"] = phone.map(JSONValue.string)
    stated["birth"] = statedBirth.map { .string($0.description) }
    stated["address"] = address.map(JSONValue.string)
    stated["authority"] = authority.map(JSONValue.string)
    return stated
  }

  /// What is stated here and is not, or is otherwise, in another version.
  func stated(unlike other: Party) -> JSONObject {
    let theirs = other.stated
    return stated.reduce(into: JSONObject()) { unlike, member in
      if theirs[member.key] != member.value { unlike[member.key] = member.value }
    }
  }

  func body(dispute: String, number: Int) -> JSONObject {
    let place: JSONObject = [
      "dispute": .string(dispute), "number": .int(number), "role": .string(role.rawValue),
    ]
    var body = place.merging(stated)
    body["for"] = represents.map(JSONValue.string)
    body["name_phone"] = namePhone.map(JSONValue.string)
    if !corrections.isEmpty { body["corrections"] = .array(corrections) }
    return body
  }

  /// A person from the stored body; nil if it is not one.
  init?(_ body: JSONObject) {
    guard let role = Role(body["role"]),
      let name = body["name"]?.stringValue
    else { return nil }
    self.init(role: role, name: name)
    represents = body["for"]?.stringValue
    idNumber = body["id_number"]?.stringValue
    phone = body["phone"]?.stringValue
    statedBirth = CivilDate(body["birth"])
    address = body["address"]?.stringValue
    authority = body["authority"]?.stringValue
    corrections = body["corrections"]?.arrayValue ?? []
  }

  /// Members by which a caller describes a person.
  static let members: JSONObject = [
    "name": Schemas.name,
    "id_number": ["type": "string", "minLength": 18, "maxLength": 18, "format": "line"],
    "phone": ["type": "string", "minLength": 3, "maxLength": 32, "format": "line"], "birth": Shapes.date,
    "address": Shapes.text(max: Bounds.address),
  ]

  /// Members that can be corrected. What was never so is taken away; a person keeps a name.
  static let correctable = members.reduce(into: JSONObject()) { all, member in
    all[member.key] =
      member.key == "name" ? member.value : Shapes.nullable(member.value)
  }
}
