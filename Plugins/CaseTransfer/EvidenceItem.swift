import StationKit

/// An item of evidence, as stored.
package struct EvidenceItem: Sendable {
  package let id: String
  package var version: Int
  package let number: Int
  package let kind: ItemKind
  package var counted: Counted
  package var holder: Holder
  /// Links of its chain of custody.
  package var links: Int
  /// Whether it is still with the case.
  package var isHeld: Bool
  package let description: JSONValue
  let added: JSONValue

  init(
    id: String, number: Int, kind: ItemKind, counted: Counted, holder: Holder, description: JSONValue,
    added: JSONValue
  ) {
    self.id = id
    version = 0
    self.number = number
    self.kind = kind
    self.counted = counted
    self.holder = holder
    links = 0
    isHeld = true
    self.description = description
    self.added = added
  }

  /// An item from its record; nil if it is not one.
  package init?(_ record: Record) {
    let body = record.body
    guard let number = body["number"]?.intValue, let kind = ItemKind(body["kind"]),
      let counted = Counted(record.body), let holder = body["holder"], let unit = holder["unit"]?.stringValue,
      let handler = holder["handler"]?.stringValue, let custodian = holder["custodian"]?.stringValue,
      let links = body["links"]?.intValue, let description = body["description"], let added = body["at"]
    else { return nil }
    self.init(
      id: record.id, number: number, kind: kind, counted: counted,
      holder: Holder(unit: unit, handler: handler, custodian: custodian), description: description,
      added: added)
    version = record.version
    self.links = links
    isHeld = body["held"] == true
  }

  func body(_ id: String) -> JSONObject {
    var body: JSONObject = [
      "case": .string(id), "number": .int(number), "at": added, "kind": .string(kind.rawValue),
      "holder": holder.json, "links": .int(links), "held": .bool(isHeld), "description": description,
    ]
    counted.write(into: &body)
    return body
  }
}
