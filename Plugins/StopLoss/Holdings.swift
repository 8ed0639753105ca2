import StationKit

/// Money of one origin that arrived in an account and has not left it.
package struct Lot: Sendable, Hashable {
  /// The report whose victim paid it; nil for money that no report explains.
  package let origin: String?
  /// In fen.
  package var amount: Int
  /// When the last of it arrived.
  package var at: Instant

  package init(origin: String?, amount: Int, at: Instant) {
    self.origin = origin
    self.amount = amount
    self.at = at
  }

  init?(_ json: JSONValue) {
    guard let row = json.arrayValue, row.count == 3, let amount = row[1].intValue, let at = Instant(row[2])
    else { return nil }
    self.init(origin: row[0].stringValue, amount: amount, at: at)
  }

  var json: JSONValue { [origin.map(JSONValue.string) ?? .null, .int(amount), at.stored] }

  static let schema: JSONValue = [
    "type": "array", "minItems": 3, "maxItems": 3, "items": ["type": ["string", "integer", "null"]],
  ]
}

/// What an account holds, the earliest first: money leaves in the order in which it came (first in, first out).
///
/// What was in an account before the first known transfer is not known and taken for nothing: more going out
/// than is known to have come in goes out as money that no report explains.
package struct Holdings: Sendable, Hashable {
  package private(set) var lots: [Lot]

  package init(lots: [Lot] = []) { self.lots = lots }

  /// Takes money in. Neighbours of one origin are one lot: that changes no order.
  package mutating func receive(_ lot: Lot) {
    guard lot.amount > 0 else { return }
    if let last = lots.last, last.origin == lot.origin {
      lots[lots.count - 1].amount += lot.amount
      lots[lots.count - 1].at = max(last.at, lot.at)
    } else {
      lots.append(lot)
    }
  }

  /// Sends money out, the earliest first, and says whose it was. The pieces add up to `amount`.
  package mutating func send(_ amount: Int, at: Instant) -> [Lot] {
    var left = amount
    var pieces: [Lot] = []
    var used = 0
    while left > 0, used < lots.count {
      let taken = min(left, lots[used].amount)
      pieces.append(Lot(origin: lots[used].origin, amount: taken, at: at))
      left -= taken
      if taken == lots[used].amount { used += 1 } else { lots[used].amount -= taken }
    }
    lots.removeFirst(used)
    if left > 0 { pieces.append(Lot(origin: nil, amount: left, at: at)) }
    return pieces
  }
}
