import StationJSON
import Testing

@Suite struct JSONSchemaTests {
  struct Rule: Sendable, CustomTestStringConvertible {
    let schema: String
    /// Values that satisfy the schema.
    let fits: [String]
    /// Values that do not, with the pointer and the keyword of the first violation.
    let fails: [(value: String, pointer: String, keyword: String)]

    var testDescription: String { schema }

    init(_ schema: String, fits: [String], fails: [(value: String, pointer: String, keyword: String)]) {
      self.schema = schema
      self.fits = fits
      self.fails = fails
    }
  }

  @Test(arguments: Rule.all)
  func `accepts what fits and points at what does not`(rule: Rule) throws {
    let schema = try JSONSchema(JSONParser.parse(rule.schema))
    for text in rule.fits {
      let value = try JSONParser.parse(text)
      #expect(schema.validate(value) == nil, "\(text)")
      #expect(schema.accepts(value), "\(text)")
      #expect(schema.validateAll(value).isEmpty, "\(text)")
    }
    for (text, pointer, keyword) in rule.fails {
      let value = try JSONParser.parse(text)
      let violation = schema.validate(value)
      #expect(violation?.pointer.description == pointer, "\(text)")
      #expect(violation?.keyword == keyword, "\(text)")
      #expect(violation?.message.isEmpty == false && violation?.chinese.isEmpty == false)
      #expect(!schema.accepts(value), "\(text)")
      #expect(schema.validateAll(value).first == violation, "\(text)")
    }
  }

  @Test func `lists all violations up to the limit`() throws {
    let schema = try JSONSchema([
      "type": "object", "additionalProperties": false, "required": ["a", "b", "c"],
      "properties": ["a": ["type": "integer"], "b": ["items": ["type": "string"]], "c": true],
    ])
    let value: JSONValue = ["x": 1, "a": "no", "b": [1, "ok", 2]]
    let places = ["/x", "/a", "/b/0", "/b/2", "/c"]
    #expect(schema.validateAll(value).map(\.pointer.description) == places)
    for limit in 0...6 {
      #expect(
        schema.validateAll(value, limit: limit).map(\.pointer.description) == Array(places.prefix(limit)))
    }
    #expect(schema.validateAll(value, limit: -1).isEmpty)
  }

  @Test func `messages say what is wanted and nothing of the value`() throws {
    let schema = try JSONSchema([
      "properties": [
        "a": ["enum": ["x", 1]], "b": ["minimum": 3], "c": ["type": ["string", "null"]], "d": true,
      ],
      "additionalProperties": false, "required": ["d"],
    ])
    let violations = schema.validateAll(["a": "secret", "b": 2, "c": [], "e": "secret"])
    #expect(
      violations.map(\.message) == [
        #"must be one of ["x",1]"#, "must be at least 3", "must be null or string", "is not a known member",
        "is required",
      ])
    #expect(
      violations.map(\.chinese) == [
        #"须为下列之一：["x",1]"#, "不得小于 3", "须为空值或字符串", "不是已知的成员", "必填",
      ])
  }

  @Test(arguments: [15, 16, 17, 60])
  func `finds its properties in any order, few or many`(count: Int) throws {
    var properties = JSONObject()
    for number in 0..<count { properties["p\(number)"] = ["const": .int(number)] }
    let schema = try JSONSchema([
      "properties": .object(properties), "additionalProperties": false,
      "required": .array(properties.keys.map { .string($0) }),
    ])
    var value = JSONObject()
    for number in (0..<count).reversed() { value["p\(number)"] = .int(number) }
    #expect(schema.validate(.object(value)) == nil)
    value["p3"] = 4
    #expect(schema.validate(.object(value))?.pointer.description == "/p3")
    value["p3"] = nil
    #expect(schema.validate(.object(value))?.pointer.description == "/p3")
    value["p3"] = 3
    value["p\(count)"] = 0
    #expect(schema.validate(.object(value))?.keyword == "additionalProperties")
  }

  @Test func `a definition may hold itself below`() throws {
    let schema = try JSONSchema(
      JSONParser.parse(
        #"""
        {"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","required":["n"],"additionalProperties":false,
        "properties":{"n":{"type":"integer"},"kids":{"type":"array","items":{"$ref":"#/$defs/tree"}}}}}}
        """#))
    #expect(schema.validate(["n": 1, "kids": [["n": 2], ["n": 3, "kids": []]]]) == nil)
    let violation = schema.validate(["n": 1, "kids": [["n": 2], ["n": 3, "kids": [["n": "x"]]]]])
    #expect(violation?.pointer.description == "/kids/1/kids/0/n")
  }

  static let mistakes: [(String, String)] = [
    ("1", ""), (#""x""#, ""), ("[]", ""), ("null", ""),
    (#"{"pattern":"a"}"#, "/pattern"), (#"{"typ":"string"}"#, "/typ"), (#"{"multipleOf":2}"#, "/multipleOf"),
    (#"{"prefixItems":[]}"#, "/prefixItems"), (#"{"not":{}}"#, "/not"), (#"{"if":true}"#, "/if"),
    (#"{"exclusiveMinimum":0}"#, "/exclusiveMinimum"), (#"{"$id":"x"}"#, "/$id"), (#"{"X-a":1}"#, "/X-a"),
    (#"{"type":"text"}"#, "/type"), (#"{"type":[]}"#, "/type"), (#"{"type":["string","string"]}"#, "/type"),
    (#"{"type":1}"#, "/type"), (#"{"type":["string",1]}"#, "/type"),
    (#"{"enum":[]}"#, "/enum"), (#"{"enum":1}"#, "/enum"), (#"{"enum":[1,1]}"#, "/enum"),
    (#"{"minimum":1.5}"#, "/minimum"), (#"{"maximum":"1"}"#, "/maximum"),
    (#"{"minLength":-1}"#, "/minLength"),
    (#"{"maxLength":1.0}"#, "/maxLength"), (#"{"minItems":null}"#, "/minItems"),
    (#"{"maxItems":-1}"#, "/maxItems"),
    (#"{"uniqueItems":1}"#, "/uniqueItems"), (#"{"minProperties":"1"}"#, "/minProperties"),
    (#"{"maxProperties":-5}"#, "/maxProperties"), (#"{"format":"email"}"#, "/format"),
    (#"{"format":1}"#, "/format"), (#"{"properties":[]}"#, "/properties"),
    (#"{"properties":{"a":1}}"#, "/properties/a"), (#"{"properties":{"a/b":{"x":1}}}"#, "/properties/a~1b/x"),
    (#"{"required":"a"}"#, "/required"), (#"{"required":[1]}"#, "/required/0"),
    (#"{"required":["a","a"]}"#, "/required/1"),
    (#"{"required":["a"],"additionalProperties":false}"#, "/required/0"),
    (#"{"additionalProperties":1}"#, "/additionalProperties"), (#"{"items":[]}"#, "/items"),
    (#"{"items":{"items":{"x":1}}}"#, "/items/items/x"),
    (#"{"allOf":[]}"#, "/allOf"), (#"{"anyOf":{}}"#, "/anyOf"), (#"{"oneOf":[1]}"#, "/oneOf/0"),
    (##"{"$ref":"#/$defs/a"}"##, "/$ref"), (##"{"$ref":"#"}"##, "/$ref"), (#"{"$ref":1}"#, "/$ref"),
    (#"{"$ref":"http://x/y","$defs":{}}"#, "/$ref"),
    (##"{"$ref":"#/properties/a","properties":{"a":{}}}"##, "/properties"),
    (##"{"$ref":"#/$defs/a%20b","$defs":{"a%20b":{}}}"##, "/$ref"),
    (##"{"$ref":"#/$defs/a","$defs":{"a":{}},"type":"string"}"##, "/type"),
    (#"{"$defs":1}"#, "/$defs"), (#"{"$defs":{"a":{"x":1}}}"#, "/$defs/a/x"),
    (#"{"items":{"$defs":{}}}"#, "/items/$defs"), (#"{"title":1}"#, "/title"),
    (#"{"description":[]}"#, "/description"),
    (#"{"examples":{}}"#, "/examples"), (#"{"deprecated":"yes"}"#, "/deprecated"),
    (#"{"$schema":"x"}"#, "/$schema"),
    (#"{"type":"string","minimum":1}"#, ""), (#"{"type":"integer","maxLength":1}"#, ""),
    (#"{"type":"object","items":true}"#, ""), (#"{"type":["array","null"],"required":["a"]}"#, ""),
    (#"{"minLength":2,"maxLength":1}"#, ""), (#"{"minimum":2,"maximum":1}"#, ""),
    (##"{"$defs":{"a":{"$ref":"#/$defs/a"}}}"##, "/$defs/a"),
    (
      ##"{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"allOf":[true,{"$ref":"#/$defs/a"}]}}}"##,
      "/$defs/a"
    ),
  ]

  @Test(arguments: mistakes)
  func `refuses a schema that it does not understand`(text: String, pointer: String) throws {
    let source = try JSONParser.parse(text)
    let error = #expect(throws: JSONSchemaError.self) { try JSONSchema(source) }
    #expect(error?.pointer.description == pointer)
    #expect(error?.reason.isEmpty == false)
  }

  @Test func `annotations say nothing about values`() throws {
    let schema = try JSONSchema(
      JSONParser.parse(
        #"""
        {"title":"t","description":"d","default":1,"examples":[1],"deprecated":true,"x-personal":{"a":1},
        "$comment":"c","$schema":"https://json-schema.org/draft/2020-12/schema"}
        """#))
    for value: JSONValue in [nil, 1, "x", [], [:]] { #expect(schema.validate(value) == nil) }
  }
}
