import StationKit

/// What a report looks like when it comes in.
enum IntakeSchemas {
  private static let role: JSONValue = ["type": "string", "enum": ["victim", "suspect"]]

  static let account: JSONValue = Shapes.object(
    [
      "number": Shapes.personal(.number, max: 64), "kind": Account.kindSchema, "role": role,
      "bank": Schemas.bank, "holder": Shapes.personal(.name, max: 128),
      "credit_code": Shapes.personal(.number, max: 18),
    ], required: ["number", "kind", "role"])

  static let transfer: JSONValue = Shapes.object(
    [
      "at": Shapes.instant, "amount": Schemas.amount, "from": Shapes.personal(.number, max: 64),
      "to": Shapes.personal(.number, max: 64), "reference": Schemas.reference,
    ], required: ["at", "amount", "from", "to"])

  static let accounts: JSONValue = [
    "type": "array", "minItems": 2, "maxItems": .int(Limits.accountsPerCall), "items": account,
  ]

  static let transfers: JSONValue = [
    "type": "array", "minItems": 1, "maxItems": .int(Limits.transfersPerCall), "items": transfer,
  ]

  static func members(_ policy: Policy) -> JSONObject {
    [
      "station": Shapes.unit, "key": Schemas.key,
      "fraud_type": ["type": "string", "enum": .array(policy.fraudTypes.map { .string($0.code) })],
      "occurred_at": Shapes.instant, "reported_at": Shapes.instant, "victim": Victim.schema,
      "summary": Schemas.prose, "accounts": accounts, "transfers": transfers,
    ]
  }

  static let required = ["station", "fraud_type", "occurred_at", "victim", "accounts", "transfers"]

  /// A report by itself: the key is optional.
  static func single(_ policy: Policy) -> JSONValue { Shapes.object(members(policy), required: required) }

  /// One of many: the key is what makes it safe to send them again.
  static func item(_ policy: Policy) -> JSONValue {
    Shapes.object(members(policy), required: required + ["key"])
  }
}
