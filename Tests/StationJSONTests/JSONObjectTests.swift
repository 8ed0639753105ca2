import StationJSON
import Testing

@Suite struct JSONObjectTests {
  /// Below, at and above the count at which the index takes over.
  static let counts = [0, 1, 2, 15, 16, 17, 18, 100]

  private func object(_ count: Int) -> JSONObject {
    var object = JSONObject()
    for number in 0..<count { object["key\(number)"] = .int(number) }
    return object
  }

  @Test(arguments: counts)
  func `finds its members and no others`(count: Int) {
    let object = object(count)
    #expect(object.count == count)
    #expect(object.keys == (0..<count).map { "key\($0)" })
    for number in 0..<count { #expect(object["key\(number)"] == .int(number)) }
    #expect(object["key\(count)"] == nil)
    #expect(object[""] == nil)
  }

  @Test(arguments: counts)
  func `iterates in order`(count: Int) {
    #expect(object(count).map(\.key) == (0..<count).map { "key\($0)" })
    #expect(object(count).map(\.value) == (0..<count).map { .int($0) })
  }

  @Test(arguments: counts.dropFirst())
  func `replaces in place and removes`(count: Int) {
    var object = object(count)
    object["key0"] = "new"
    #expect(object.first?.key == "key0")
    #expect(object["key0"] == "new")
    object["key0"] = nil
    #expect(object.count == count - 1)
    #expect(object["key0"] == nil)
    for number in 1..<count { #expect(object["key\(number)"] == .int(number)) }
    object["key0"] = 0
    #expect(object.keys.last == "key0")
    object["absent"] = nil
    #expect(object.count == count)
  }

  @Test(arguments: counts)
  func `is equal in any order`(count: Int) {
    let object = object(count)
    var reversed = JSONObject()
    for member in object.reversed() { reversed[member.key] = member.value }
    #expect(object == reversed)
    #expect(object.hashValue == reversed.hashValue)
    reversed["key0"] = "other"
    #expect(object != reversed)
  }

  @Test func `copies do not share changes`() {
    let first = object(20)
    var second = first
    second["key3"] = nil
    second["new"] = 1
    #expect(first == object(20))
    #expect(first["new"] == nil)
  }

  @Test func `keys differ when their bytes do`() {
    var object = object(20)
    object["\u{E9}"] = 1
    object["e\u{301}"] = 2
    #expect(object.count == 22)
    #expect(object["\u{E9}"] == 1)
    #expect(object["e\u{301}"] == 2)
    // Same length, same first and last eight bytes.
    object["12345678a12345678"] = 1
    object["12345678b12345678"] = 2
    #expect(object["12345678a12345678"] == 1)
    #expect(object["12345678b12345678"] == 2)
  }
}
