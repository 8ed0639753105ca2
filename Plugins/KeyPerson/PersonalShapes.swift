import StationKit

/// The personal members as results show them: each is masked for roles that may not see it in full.
enum PersonalShapes {
  static let name = Shapes.personal(.name, max: 64)
  static let idNumber = Shapes.personal(.number, max: 18)
  static let phone = Shapes.personal(.phone, max: 20)
  static let text = Shapes.personal(.text, max: 200)
  static let guardian = Shapes.object(["name": name, "phone": phone], required: ["name"])
  static let instrument = Shapes.object([
    "authority": text, "number": Shapes.personal(.text, max: 64), "date": Shapes.date,
  ])
  static let agreement = Shapes.object(["by": Schemas.by, "document": text, "date": Shapes.date])
  static let document = Shapes.object(["document": text, "date": Shapes.date])
  static let careNeed = Shapes.object([
    "need": text,
    "document": Shapes.object([
      "by": ["type": "string", "enum": ["doctor", "guardian"]], "reference": text, "date": Shapes.date,
    ]),
  ])

  /// What can be corrected.
  static let correctable: JSONObject = [
    "name": name, "id_number": idNumber, "phone": phone, "guardian": guardian, "care_need": careNeed,
  ]
}
