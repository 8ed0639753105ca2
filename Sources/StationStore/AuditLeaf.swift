import StationCrypto
import StationKit

/// The bytes of one audit record: a JSON object on one line, members in a fixed order.
///
/// It holds no personal data, so nothing need ever be removed from it.
enum AuditLeaf {
  /// - Parameter outcome: `ok`, `replayed`, `begun`, or the kind of the error that was answered.
  static func encode(
    seq: UInt64, at: Instant, cause: Cause, outcome: String, rule: String?, via: [String],
    read: [Touched], written: [Touched], detail: Digest32?
  ) -> [UInt8] {
    var leaf: [UInt8] = []
    leaf.reserveCapacity(320 + cause.principal.count + 140 * (read.count + written.count))
    leaf.append(contentsOf: #"{"v":1,"seq":"#.utf8)
    JSONWriter.write(Int(seq), into: &leaf)
    leaf.append(contentsOf: #","at":""#.utf8)
    at.append(rfc3339: .utc, to: &leaf)
    leaf.append(contentsOf: #"","by":"#.utf8)
    leaf.append(contentsOf: cause.principal)
    member("method", cause.method, &leaf)
    if let request = cause.request {
      leaf.append(contentsOf: #","request":"#.utf8)
      leaf.append(contentsOf: request)
    }
    if let purpose = cause.purpose { member("purpose", purpose, &leaf) }
    member("outcome", outcome, &leaf)
    if let rule { member("rule", rule, &leaf) }
    if !via.isEmpty {
      leaf.append(contentsOf: #","via":"#.utf8)
      JSONValue.array(via.map(JSONValue.string)).encode(into: &leaf)
    }
    touched("read", read, &leaf)
    touched("written", written, &leaf)
    if let detail { member("detail", detail.base64, &leaf) }
    leaf.append(UInt8(ascii: "}"))
    return leaf
  }

  private static func member(_ name: StaticString, _ value: String, _ leaf: inout [UInt8]) {
    name.withUTF8Buffer {
      leaf.append(contentsOf: #",""#.utf8)
      leaf.append(contentsOf: $0)
      leaf.append(contentsOf: #"":"#.utf8)
    }
    JSONWriter.write(value, into: &leaf)
  }

  private static func touched(_ name: StaticString, _ items: [Touched], _ leaf: inout [UInt8]) {
    guard !items.isEmpty else { return }
    name.withUTF8Buffer {
      leaf.append(contentsOf: #",""#.utf8)
      leaf.append(contentsOf: $0)
      leaf.append(contentsOf: #"":["#.utf8)
    }
    for (position, item) in items.enumerated() {
      if position > 0 { leaf.append(UInt8(ascii: ",")) }
      leaf.append(UInt8(ascii: "["))
      JSONWriter.write(item.collection, into: &leaf)
      leaf.append(UInt8(ascii: ","))
      JSONWriter.write(item.id, into: &leaf)
      leaf.append(UInt8(ascii: ","))
      JSONWriter.write(item.version, into: &leaf)
      leaf.append(UInt8(ascii: ","))
      JSONWriter.write(item.commitment.base64, into: &leaf)
      leaf.append(UInt8(ascii: "]"))
    }
    leaf.append(UInt8(ascii: "]"))
  }
}
