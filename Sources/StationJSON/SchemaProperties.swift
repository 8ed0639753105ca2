/// `properties`, `required` and `additionalProperties` of one schema.
struct SchemaProperties: Sendable {
  struct Entry: Sendable {
    let name: String
    let tag: UInt32
    /// nil if the name is only in `required`.
    let node: SchemaNode?
    let isRequired: Bool
  }

  /// Entries beyond this many are found through an index.
  private static let linearLimit = 16

  private var entries: [Entry] = []
  private var places: [KeyBytes: Int] = [:]
  private var requiredCount = 0
  /// nil if any other member is allowed.
  private var additional: SchemaNode?
  private var refusesOthers = false

  init() {}

  /// Takes the schemas by name, the required names, and the schema of all other members.
  init(nodes: [(name: String, node: SchemaNode)], required: [String], additional: SchemaNode?) {
    let requiredNames = Set(required.map { KeyBytes($0) })
    var known = Set<KeyBytes>()
    for (name, node) in nodes {
      let key = KeyBytes(name)
      known.insert(key)
      entries.append(
        Entry(name: name, tag: keyTag(name), node: node, isRequired: requiredNames.contains(key)))
    }
    for name in required where !known.contains(KeyBytes(name)) {
      entries.append(Entry(name: name, tag: keyTag(name), node: nil, isRequired: true))
    }
    requiredCount = required.count
    self.additional = additional
    refusesOthers = additional?.rules.refusesAll ?? false
    if entries.count > Self.linearLimit {
      for (place, entry) in entries.enumerated() { places[KeyBytes(entry.name)] = place }
    }
  }

  var isEmpty: Bool { entries.isEmpty && additional == nil }

  /// Whether the members satisfy their schemas and none is missing.
  func check(_ object: JSONObject, _ definitions: [SchemaNode], _ report: inout SchemaReport) -> Bool {
    var passes = true
    var requiredSeen = 0
    // Members mostly come in the order of the schema: look first at the entry after the last one found.
    var expected = 0
    for member in object.members {
      let place = self.place(of: member, expected: expected)
      var node = additional
      if let place {
        expected = place &+ 1
        if entries[place].isRequired { requiredSeen &+= 1 }
        node = entries[place].node ?? additional
      }
      guard let node else { continue }
      let count = report.violations.count
      let fits: Bool
      if refusesOthers, node === additional {
        fits = report.fail("additionalProperties", "is not a known member", zh: "不是已知的成员")
      } else {
        fits = node.check(member.value, definitions, &report)
      }
      if !fits {
        report.prepend(member.key, since: count)
        passes = false
        if report.isFull { return false }
      }
    }
    // Keys are unique, so counting is enough.
    if requiredSeen < requiredCount {
      for entry in entries where entry.isRequired && object[entry.name] == nil && !report.isFull {
        report.miss(entry.name)
      }
      passes = false
    }
    return passes
  }

  private func place(of member: JSONObject.Member, expected: Int) -> Int? {
    if expected < entries.count, matches(expected, member) { return expected }
    if entries.count > Self.linearLimit { return places[KeyBytes(member.key)] }
    for place in entries.indices where place != expected && matches(place, member) { return place }
    return nil
  }

  @inline(__always)
  private func matches(_ place: Int, _ member: JSONObject.Member) -> Bool {
    entries[place].tag == member.tag && sameBytes(entries[place].name, member.key)
  }
}
