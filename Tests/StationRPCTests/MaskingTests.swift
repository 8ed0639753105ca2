import StationKit
import StationRPC
import StationStore
import Testing

/// Members marked `x-personal`, as roles see them, through the dispatcher.
@Suite struct MaskingTests {
  /// One schema with every way to say where a marked member is.
  static let schema: JSONValue = [
    "type": "object",
    "properties": [
      "name": ["type": "string", "x-personal": "name"], "number": ["type": "string", "x-personal": "number"],
      "phone": ["type": ["string", "null"], "x-personal": "phone"], "facts": ["x-personal": "text"],
      "unit": ["type": "string"],
      "people": ["type": "array", "items": ["$ref": "#/$defs/person"]],
      "either": ["anyOf": [["type": "integer"], ["$ref": "#/$defs/person"]]],
      "both": [
        "allOf": [
          ["type": "object", "properties": ["a": ["x-personal": "text"]]],
          ["type": "object", "properties": ["b": ["x-personal": "text"], "c": ["type": "string"]]],
        ]
      ],
      "by_id": ["type": "object", "additionalProperties": ["type": "string", "x-personal": "name"]],
    ],
    "$defs": [
      "person": [
        "type": "object",
        "properties": [
          "name": ["type": "string", "x-personal": "name"], "id": ["type": "string"],
          "family": ["type": "array", "items": ["$ref": "#/$defs/person"]],
        ], "additionalProperties": false,
      ]
    ],
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let result: JSONObject
    let masked: JSONObject

    init(_ what: String, _ result: JSONObject, _ masked: JSONObject) {
      (testDescription, self.result, self.masked) = (what, result, masked)
    }
  }

  static let cases = [
    Case("a name", ["name": "王小明", "unit": "st-01"], ["name": "王**", "unit": "st-01"]),
    Case("a number", ["number": "110101199003074557"], ["number": "110101********4557"]),
    Case("a phone", ["phone": "13812345678"], ["phone": "138****5678"]),
    Case("a short phone", ["phone": "88881234"], ["phone": "****1234"]),
    Case("ten places", ["phone": "0532888812"], ["phone": "******8812"]),
    Case("an absent phone", ["phone": .null], ["phone": .null]),
    Case(
      "too short to hide enough", ["number": "1234567", "name": "王"], ["number": "*******", "name": "*"]),
    Case("eight characters", ["number": "12345678"], ["number": "****5678"]),
    Case("thirteen characters", ["number": "1380013800099"], ["number": "*********0099"]),
    Case("fourteen characters", ["number": "13800138000999"], ["number": "138001****0999"]),
    Case("an address", ["number": "li.si@example.com"], ["number": "l****@example.com"]),
    Case("an address of one character", ["number": "l@example.com"], ["number": "*@example.com"]),
    Case("free shapes", ["facts": ["said": "x", "n": [1, 2]]], ["facts": "***"]),
    Case(
      "in a list, by reference, in itself",
      ["people": [["name": "Wang", "id": "1", "family": [["name": "Li", "id": "2"]]]]],
      ["people": [["name": "W***", "id": "1", "family": [["name": "L*", "id": "2"]]]]]),
    Case("an alternative that is not marked", ["either": 7], ["either": 7]),
    Case("an alternative that is", ["either": ["name": "Wang"]], ["either": ["name": "W***"]]),
    Case(
      "all of several", ["both": ["a": "x", "b": "y", "c": "z"]],
      ["both": ["a": "***", "b": "***", "c": "z"]]),
    Case("members of any name", ["by_id": ["7": "Wang"]], ["by_id": ["7": "W***"]]),
    // Results that do not fit the schema.
    Case("a number where a text is marked", ["name": 110_101], ["name": "***"]),
    Case("an object where a text is marked", ["name": ["first": "Wang"]], ["name": "***"]),
    Case("a list where a text is marked", ["phone": ["13812345678"]], ["phone": "***"]),
    Case("an object in place of a list", ["people": ["name": "Wang"]], ["people": "***"]),
    Case("a text in place of a list", ["people": "Wang"], ["people": "***"]),
    Case("a list in a list", ["people": [["Wang"]]], ["people": ["***"]]),
    Case("a text among the objects", ["people": ["Wang"]], ["people": ["***"]]),
    Case("a text where a number or a person is", ["either": "Wang"], ["either": "***"]),
    Case("a member that the schema forbids", ["people": [["Name": "Wang"]]], ["people": [["Name": "***"]]]),
  ]

  private static func wire(_ result: JSONObject) throws -> Wire {
    let person = Method(
      "show", Text("Show", zh: "查看"),
      params: ["type": "object", "properties": [:], "additionalProperties": false], result: schema,
      permission: .role, disclosesPersonalData: true,
      examples: [Example("One", params: [:], result: [:])], handler: .read { _, _, _ in .object(result) })
    let write = Method(
      "change", Text("Change", zh: "修改"), params: person.params, result: schema, permission: .role,
      disclosesPersonalData: true, examples: person.examples, handler: .write { _, _, _ in .object(result) })
    let module = Module(name: "m", title: Text("M", zh: "掩"), version: "1", methods: [person, write])
    let all = ["m.*"].compactMap(MethodPattern.init)
    return try Wire(
      more: [module],
      roles: [
        (uid: 11, .init(name: "masked", methods: all, scope: .all)),
        (uid: 12, .init(name: "full", methods: all, scope: .all, personal: .full)),
        (
          uid: 13,
          .init(
            name: "half", methods: ["m.change"].compactMap(MethodPattern.init), scope: .all, personal: .full)
        ),
        (uid: 13, .init(name: "rest", methods: all, scope: .all)),
      ], checksResults: false)
  }

  private static let meta = #"{"meta":{"purpose":"handling","reason":"test"}}"#

  @Test(arguments: cases)
  func `a role sees personal data masked unless it is to see it in full`(what: Case) async throws {
    let wire = try Self.wire(what.result)
    defer { wire.stop() }
    for (uid, method, isFull) in [
      (11, "m.show", false), (11, "m.change", false), (12, "m.show", true), (12, "m.change", true),
      // In full only for what the role allows that says so.
      (13, "m.show", false), (13, "m.change", true),
    ] as [(UInt32, String, Bool)] {
      let (session, connection) = wire.client(uid: uid)
      try session.call(method, Self.meta)
      let answer = try await connection.messages(1)[0]
      #expect(answer["result"] == .object(isFull ? what.result : what.masked), "\(uid) \(method)")
    }
  }

  @Test func `what is disclosed is not kept to be answered again`() async throws {
    let wire = try Self.wire(["name": "Wang"])
    defer { wire.stop() }
    let (session, connection) = wire.client(uid: 11)
    try session.call("m.change", #"{"meta":{"purpose":"handling","reason":"test","idempotency_key":"k"}}"#)
    let answer = try await connection.messages(1)[0]
    #expect(answer["error"]?["data"]?["pointer"] == "/meta/idempotency_key")
  }
}
