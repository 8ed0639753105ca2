import StationCrypto
import StationKit

/// What verification needs of one leaf of the log.
struct OfflineLeaf {
  /// The salted commitment to what is kept beside the leaf.
  private(set) var detail: Digest32?
  private(set) var written: [Touched] = []

  /// Instants outside of these are nobody's clock: 2000-01-01 to 2200-01-01.
  private static let plausible: Range<Int64> = 946_684_800_000..<7_258_118_400_000

  /// Reads a leaf as ``AuditLeaf`` writes it.
  init(_ bytes: UnsafeRawBufferPointer, seq: UInt64) throws(Problem) {
    guard let value = try? JSONParser.parse(bytes), case .object(let leaf) = value else {
      throw Problem(.malformed("not a JSON object"))
    }
    guard leaf["v"]?.intValue == 1 else { throw Problem(.malformed("v")) }
    guard let number = leaf["seq"]?.intValue else { throw Problem(.malformed("seq")) }
    guard UInt64(exactly: number) == seq else { throw Problem(.sequence(found: number)) }
    guard let text = leaf["at"]?.stringValue, let at = Instant(rfc3339: text),
      Self.plausible.contains(at.milliseconds)
    else { throw Problem(.malformed("at")) }
    guard leaf["by"]?["uid"]?.intValue != nil else { throw Problem(.malformed("by")) }
    for member in ["method", "outcome"] where leaf[member]?.stringValue == nil {
      throw Problem(.malformed(member))
    }
    if let value = leaf["detail"] {
      guard let digest = value.stringValue.flatMap({ Digest32(base64: $0) }) else {
        throw Problem(.malformed("detail"))
      }
      detail = digest
    }
    _ = try Self.touched(leaf, "read")
    written = try Self.touched(leaf, "written")
  }

  private static func touched(_ leaf: JSONObject, _ member: String) throws(Problem) -> [Touched] {
    guard let value = leaf[member] else { return [] }
    guard let items = value.arrayValue else { throw Problem(.malformed(member)) }
    var touched: [Touched] = []
    touched.reserveCapacity(items.count)
    for item in items {
      guard let parts = item.arrayValue, parts.count == 4, let collection = parts[0].stringValue,
        let id = parts[1].stringValue, let version = parts[2].intValue, version >= 0,
        let commitment = parts[3].stringValue.flatMap({ Digest32(base64: $0) })
      else { throw Problem(.malformed(member)) }
      touched.append(Touched(collection: collection, id: id, version: version, commitment: commitment))
    }
    return touched
  }

  struct Problem: Error {
    let defect: OfflineFault.Defect
    init(_ defect: OfflineFault.Defect) { self.defect = defect }
  }
}
