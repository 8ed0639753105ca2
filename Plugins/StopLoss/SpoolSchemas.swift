import StationKit

/// Schema fragments of the spool.
enum SpoolSchemas {
  static let messageID = Shapes.text(max: 35)
  /// SHA-256 in hexadecimal digits.
  static let digest: JSONValue = ["type": "string", "format": "hex", "minLength": 64, "maxLength": 64]
  /// Of a file that was set aside.
  static let fileID = Shapes.text(max: 64)
  static let name = Shapes.text(max: 255)
  static let reasonCode = Shapes.words(SpoolReason.self)
  static let bankReasons = Shapes.list(Shapes.text(max: 35), max: 16)
  static let reason = Shapes.object([
    "code": reasonCode, "en": Shapes.text(max: 200), "zh": Shapes.text(max: 200),
  ])
  /// What can be asked for in a list: the states of both kinds of record.
  static let listState: JSONValue = [
    "type": "string",
    "enum": .array(
      SpoolState.allCases.map { .string($0.rawValue) } + RefusalState.allCases.map { .string($0.rawValue) }),
  ]
  static let item = Shapes.object(
    [
      "id": Shapes.text(max: 64), "version": Shapes.version, "state": listState, "stop": Schemas.id,
      "station": Shapes.unit, "amount": Shapes.count, "queued": Shapes.instant, "digest": digest,
      "sent": Shapes.instant, "pending": Shapes.instant, "answered": Shapes.instant, "held": Shapes.count,
      "bank_reasons": bankReasons, "reason": reason, "name": name, "rule": Shapes.text(max: 64),
      "at": Shapes.instant, "times": Shapes.count,
    ], required: ["id", "version", "state"])
}
