import StationKit
import StationPluginWire
import Testing

@Suite struct ReadRequestTests {
  private static let whole: JSONObject = [
    "collection": "c", "index": "i", "equals": ["q", 1, nil], "from": "a", "to": 7, "descending": true,
    "limit": 2, "cursor": "x", "matching": ["f": nil], "after": ["values": ["v"], "order": 3],
    "columns": ["k"],
  ]

  @Test(arguments: [PluginProtocol.ToHost.query, .count, .scan])
  func `a read whose members fit is one`(name: PluginProtocol.ToHost) {
    #expect(ReadRequest(name, Self.whole) != nil)
    #expect(ReadRequest(name, ["collection": "c", "columns": []]) != nil)
  }

  @Test(arguments: [
    ("collection", "[7,null]"), ("index", "[7,null,[]]"), ("equals", #"["q",{},[[]],[true],null]"#),
    ("from", "[3.5,{},true,[]]"), ("to", "[3.5,{},false]"), ("descending", #"["yes",1,null]"#),
    ("limit", #"["2",2.5,null]"#), ("cursor", "[7,null]"), ("matching", #"[[],{"f":{}},"f"]"#),
    ("after", #"[null,{"values":[[]],"order":1},{"values":[]}]"#),
  ])
  func `one with a member of another type is refused, not widened`(member: String, values: String) throws {
    for value in try #require(JSONParser.parse(Array(values.utf8)).arrayValue) {
      for name in [PluginProtocol.ToHost.query, .count, .scan] {
        #expect(ReadRequest(name, Self.whole.adding(member, value)) == nil, "\(member): \(value)")
      }
    }
  }

  @Test(arguments: [["k", 7, "n"], "k", nil, 7] as [JSONValue])
  func `columns are texts`(columns: JSONValue) {
    #expect(ReadRequest(.scan, Self.whole.adding("columns", columns)) == nil)
  }

  @Test func `the count of an erasure is a number if it is there`() {
    #expect(Operation(["op": "erase", "subject": "s"]) == .erase(subject: "s", count: nil))
    for count in ["3", nil, true] as [JSONValue] {
      #expect(Operation(["op": "erase", "subject": "s", "count": count]) == nil)
    }
  }
}
