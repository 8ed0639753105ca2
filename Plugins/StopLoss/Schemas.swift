import StationKit

/// Schema fragments that methods, collections and events share.
enum Schemas {
  static let id: JSONValue = Shapes.text(max: 64)
  static let reportID: JSONValue = Shapes.text(max: 24)
  static let key: JSONValue = Shapes.text(max: 128)
  static let prose: JSONValue = Shapes.personal(.text, max: 2000)
  static let bank: JSONValue = Shapes.line(max: 35)
  static let reference: JSONValue = Shapes.line(max: 35)
  static let document: JSONValue = Shapes.text(max: 64)
  static let person: JSONValue = Shapes.text(max: 256)
  static let short: JSONValue = Shapes.text(max: 512)
  static let amount: JSONValue = fen(["type": "integer", "minimum": 1, "maximum": .int(Limits.amount)])
  static let amountOrZero: JSONValue = fen(["type": "integer", "minimum": 0])
  static let months: JSONValue = ["type": "integer", "minimum": 1, "maximum": 1200]
  static let state = Shapes.words(StopState.self)
  static let action = Shapes.words(StopAction.self)
  static let mismatch = Shapes.list(Shapes.words(Mismatch.self), max: 4)
  static let units = Shapes.list(Shapes.unit)
  static let rule: JSONValue = Shapes.object(["id": Shapes.text(max: 64), "version": Shapes.text(max: 32)])
  /// Seconds from now; below zero when it has passed.
  static let seconds: JSONValue = ["type": "integer"]

  /// Marks an amount, or a ratio of two, as one in fen: who shows it to people tells the unit.
  static func fen(_ schema: JSONValue) -> JSONValue {
    .object((schema.objectValue ?? [:]).merging(["x-unit": "fen"]))
  }
}
