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

  static let schema: JSONValue = Shapes.object(
    [
      "name": Shapes.personal(.name, max: 64), "id_number": Shapes.personal(.number, max: 18),
      "phone": Shapes.personal(.phone, max: 32),
    ], required: ["name"])
}
