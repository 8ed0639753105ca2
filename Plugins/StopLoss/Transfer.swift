import StationKit

/// One transfer of a report, between two of the report's accounts.
package struct Transfer: Sendable, Hashable {
  package let at: Instant
  /// In fen.
  package let amount: Int
  /// Places in the report's list of accounts.
  package let from: Int
  package let to: Int
  /// The bank's number of the transaction, where it is known.
  package let reference: String?

  package init(at: Instant, amount: Int, from: Int, to: Int, reference: String? = nil) {
    self.at = at
    self.amount = amount
    self.from = from
    self.to = to
    self.reference = reference
  }

  /// Stored as `[at, amount, from, to]` or `[at, amount, from, to, reference]`: a report can hold a thousand.
  init?(_ json: JSONValue) {
    guard let row = json.arrayValue, (4...5).contains(row.count), let at = Instant(row[0]),
      let amount = row[1].intValue, let from = row[2].intValue, let to = row[3].intValue
    else { return nil }
    self.init(
      at: at, amount: amount, from: from, to: to, reference: row.count == 5 ? row[4].stringValue : nil)
  }

  var json: JSONValue {
    var row: [JSONValue] = [at.stored, .int(amount), .int(from), .int(to)]
    if let reference { row.append(.string(reference)) }
    return .array(row)
  }

  static let schema: JSONValue = [
    "type": "array", "minItems": 4, "maxItems": 5, "items": ["type": ["integer", "string"]],
  ]
}
