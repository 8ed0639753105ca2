/// The members of a JSON object: unique keys, in the order in which they were written or added.
///
/// Up to `JSONObject.linearLimit` members a look-up compares one by one; beyond it a hash index takes over,
/// so that an object of any size is read in linear time. Equality does not depend on the order.
public struct JSONObject: Sendable {
  /// How many members are looked up without an index.
  public static let linearLimit = 16

  struct Member: Sendable {
    let key: String
    var value: JSONValue
    /// A cheap digest of the key, in what would be padding: most comparisons end here.
    let tag: UInt32
  }

  private(set) var members: [Member] = []
  /// Place by key; nil as long as there are at most `linearLimit` members.
  private var places: [KeyBytes: Int]?

  /// An object without members.
  public init() {}

  /// The value of that key; setting nil removes the member, which takes linear time.
  public subscript(key: String) -> JSONValue? {
    get {
      guard let place = place(of: key, tag: keyTag(key)) else { return nil }
      return members[place].value
    }
    set {
      let tag = keyTag(key)
      switch (place(of: key, tag: tag), newValue) {
      case (let place?, let value?):
        members[place].value = value
      case (let place?, nil):
        remove(at: place)
      case (nil, let value?):
        add(Member(key: key, value: value, tag: tag))
      case (nil, nil):
        break
      }
    }
  }

  /// The keys in order.
  public var keys: [String] { members.map(\.key) }

  /// Makes room for that many members.
  public mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

  /// Whether the key is there; `tag` is `keyTag(key)`.
  func contains(_ key: String, tag: UInt32) -> Bool { place(of: key, tag: tag) != nil }

  /// Adds a member whose key the caller knows to be new; `tag` is `keyTag(key)`.
  mutating func append(newKey key: String, tag: UInt32, value: JSONValue) {
    add(Member(key: key, value: value, tag: tag))
  }

  private func place(of key: String, tag: UInt32) -> Int? {
    if let places { return places[KeyBytes(key)] }
    return members.withUnsafeBufferPointer { members in
      for place in members.indices where members[place].tag == tag && sameBytes(members[place].key, key) {
        return place
      }
      return nil
    }
  }

  private mutating func add(_ member: Member) {
    members.append(member)
    if places != nil {
      places?[KeyBytes(member.key)] = members.count - 1
    } else if members.count > Self.linearLimit {
      index()
    }
  }

  private mutating func remove(at place: Int) {
    members.remove(at: place)
    places = nil
    if members.count > Self.linearLimit { index() }
  }

  private mutating func index() {
    var places: [KeyBytes: Int] = [:]
    places.reserveCapacity(members.count * 2)
    for (place, member) in members.enumerated() { places[KeyBytes(member.key)] = place }
    self.places = places
  }
}

extension JSONObject: RandomAccessCollection {
  public typealias Element = (key: String, value: JSONValue)

  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }

  /// The member at that place in the order.
  public subscript(position: Int) -> (key: String, value: JSONValue) {
    let member = members[position]
    return (key: member.key, value: member.value)
  }
}

extension JSONObject: Hashable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.members.count == right.members.count else { return false }
    for member in left.members {
      guard let place = right.place(of: member.key, tag: member.tag),
        right.members[place].value == member.value
      else { return false }
    }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    // A sum, because it must not depend on the order.
    var sum = 0
    for member in members {
      var inner = Hasher()
      hashBytes(of: member.key, into: &inner)
      inner.combine(member.value)
      sum &+= inner.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// A key written twice keeps its first place and its last value.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    reserveCapacity(elements.count)
    for (key, value) in elements { self[key] = value }
  }
}
