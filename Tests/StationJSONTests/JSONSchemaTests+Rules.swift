extension JSONSchemaTests.Rule {
  /// Each keyword, where it accepts and where it refuses.
  static let all: [JSONSchemaTests.Rule] = types + numbers + strings + arrays + objects + combined

  private static let types: [JSONSchemaTests.Rule] = [
    .init("{}", fits: ["null", "1", #""x""#, "[]", "{}"], fails: []),
    .init("true", fits: ["null", "{}"], fails: []),
    .init("false", fits: [], fails: [("null", "", "false"), ("{}", "", "false")]),
    .init(
      #"{"type":"null"}"#, fits: ["null"],
      fails: [("0", "", "type"), ("false", "", "type"), (#""""#, "", "type"), ("[]", "", "type")]),
    .init(
      #"{"type":"boolean"}"#, fits: ["true", "false"], fails: [("0", "", "type"), ("null", "", "type")]),
    .init(
      #"{"type":"integer"}"#, fits: ["0", "-0", "9223372036854775807", "-9223372036854775808"],
      fails: [
        ("1.0", "", "type"), ("1e0", "", "type"), ("9223372036854775808", "", "type"), (#""1""#, "", "type"),
      ]),
    .init(
      #"{"type":"number"}"#, fits: ["0", "1.5", "1e999", "99999999999999999999"],
      fails: [(#""1""#, "", "type"), ("null", "", "type")]),
    .init(#"{"type":"string"}"#, fits: [#""""#], fails: [("1", "", "type"), ("[]", "", "type")]),
    .init(#"{"type":"array"}"#, fits: ["[]", "[1]"], fails: [("{}", "", "type")]),
    .init(#"{"type":"object"}"#, fits: ["{}"], fails: [("[]", "", "type"), ("null", "", "type")]),
    .init(
      #"{"type":["integer","null"]}"#, fits: ["1", "null"],
      fails: [("1.5", "", "type"), ("true", "", "type")]),
    .init(
      #"{"enum":["a",1,null,[1],{"x":1,"y":2}]}"#, fits: [#""a""#, "1", "null", "[1]", #"{"y":2,"x":1}"#],
      fails: [("1.0", "", "enum"), (#""b""#, "", "enum"), ("[]", "", "enum"), (#"{"x":1}"#, "", "enum")]),
    .init(#"{"const":"a"}"#, fits: [#""a""#], fails: [(#""A""#, "", "const"), ("1", "", "const")]),
    .init(#"{"const":null}"#, fits: ["null"], fails: [("0", "", "const")]),
  ]

  private static let numbers: [JSONSchemaTests.Rule] = [
    .init(
      #"{"minimum":3}"#,
      fits: [
        "3", "4", "3.0", "3.0001", "3e0", "30e-1", "1e99999999999999999999", "99999999999999999999", #""x""#,
      ],
      fails: [
        ("2", "", "minimum"), ("2.999999999999999999999", "", "minimum"),
        ("-99999999999999999999", "", "minimum"),
        ("-1e400", "", "minimum"), ("29e-1", "", "minimum"), ("5e-99999999999999999999", "", "minimum"),
        ("0.0", "", "minimum"),
      ]),
    .init(
      #"{"maximum":-10}"#,
      fits: ["-10", "-11", "-10.0", "-10.5", "-1e1", "-100e-1", "-99999999999999999999"],
      fails: [
        ("-9", "", "maximum"), ("-9.99", "", "maximum"), ("0", "", "maximum"), ("-0.0", "", "maximum"),
        ("1e400", "", "maximum"), ("-0.01e2", "", "maximum"),
      ]),
    .init(
      #"{"minimum":0,"maximum":0}"#, fits: ["0", "-0", "0.0", "0e5", "-0.00e-5"],
      fails: [("0.01", "", "maximum"), ("-0.01", "", "minimum"), ("1", "", "maximum")]),
    .init(
      #"{"minimum":-9223372036854775808,"maximum":9223372036854775807}"#,
      fits: ["9223372036854775807", "-9223372036854775808", "9223372036854775807.0"],
      fails: [
        ("9223372036854775808", "", "maximum"), ("-9223372036854775809", "", "minimum"),
        ("9223372036854775807.5", "", "maximum"), ("-9223372036854775808.000001", "", "minimum"),
      ]),
  ]

  private static let strings: [JSONSchemaTests.Rule] = [
    .init(
      #"{"minLength":2}"#, fits: [#""ab""#, "\"\u{4E2D}\u{6587}\"", "\"e\u{301}\"", "1"],
      fails: [
        (#""a""#, "", "minLength"), ("\"\u{4E2D}\"", "", "minLength"), ("\"\u{1F600}\"", "", "minLength"),
      ]),
    .init(
      #"{"maxLength":2}"#, fits: [#""""#, #""ab""#, "\"\u{1F600}\u{1F600}\"", "12345"],
      fails: [(#""abc""#, "", "maxLength"), ("\"e\u{301}e\"", "", "maxLength")]),
    .init(#"{"maxLength":0}"#, fits: [#""""#], fails: [(#""a""#, "", "maxLength")]),
  ]

  private static let arrays: [JSONSchemaTests.Rule] = [
    .init(
      #"{"items":{"type":"integer"}}"#, fits: ["[]", "[1,2]", "{}"],
      fails: [("[1,\"x\"]", "/1", "type"), ("[null]", "/0", "type")]),
    .init(#"{"items":false}"#, fits: ["[]"], fails: [("[1]", "/0", "false")]),
    .init(
      #"{"items":{"items":{"maximum":1}}}"#, fits: ["[[1],[]]"], fails: [("[[1],[0,1,2]]", "/1/2", "maximum")]
    ),
    .init(#"{"minItems":1}"#, fits: ["[1]", "{}"], fails: [("[]", "", "minItems")]),
    .init(#"{"maxItems":1}"#, fits: ["[]", "[1]"], fails: [("[1,2]", "", "maxItems")]),
    .init(
      #"{"uniqueItems":true}"#, fits: ["[]", "[1,2]", "[1,1.0,\"1\"]", #"[{"a":1},{"a":2}]"#],
      fails: [("[1,2,1]", "/2", "uniqueItems"), (#"[{"a":1,"b":2},{"b":2,"a":1}]"#, "/1", "uniqueItems")]),
    .init(
      #"{"uniqueItems":true,"minItems":17}"#, fits: ["[\((0..<20).map(String.init).joined(separator: ","))]"],
      fails: [("[\((0..<20).map(String.init).joined(separator: ",")),7]", "/20", "uniqueItems")]),
    .init(#"{"uniqueItems":false}"#, fits: ["[1,1]"], fails: []),
  ]

  private static let objects: [JSONSchemaTests.Rule] = [
    .init(
      #"{"properties":{"a":{"type":"integer"},"b/c":{"const":1}}}"#,
      fits: ["{}", #"{"a":1,"z":null}"#, "[]"],
      fails: [(#"{"a":"x"}"#, "/a", "type"), (#"{"z":1,"b/c":2}"#, "/b~1c", "const")]),
    .init(
      #"{"required":["a","b"]}"#, fits: [#"{"b":1,"a":null}"#, "1"],
      fails: [
        ("{}", "/a", "required"), (#"{"a":1}"#, "/b", "required"), (#"{"b":1,"c":1}"#, "/a", "required"),
      ]),
    .init(
      #"{"properties":{"a":{}},"additionalProperties":false}"#, fits: ["{}", #"{"a":1}"#],
      fails: [(#"{"a":1,"b":2}"#, "/b", "additionalProperties"), (#"{"A":1}"#, "/A", "additionalProperties")]),
    .init(
      "{\"properties\":{\"\u{E9}\":{}},\"additionalProperties\":false}", fits: ["{\"\u{E9}\":1}"],
      fails: [("{\"e\u{301}\":1}", "/e\u{301}", "additionalProperties")]),
    .init(
      #"{"properties":{"a":{}},"additionalProperties":{"type":"string"}}"#, fits: [#"{"a":1,"b":"x"}"#],
      fails: [(#"{"a":1,"b":2}"#, "/b", "type")]),
    .init(
      #"{"additionalProperties":false}"#, fits: ["{}"], fails: [(#"{"a":1}"#, "/a", "additionalProperties")]),
    .init(#"{"additionalProperties":true}"#, fits: [#"{"a":1}"#], fails: []),
    .init(#"{"properties":{"a":false}}"#, fits: ["{}"], fails: [(#"{"a":1}"#, "/a", "false")]),
    .init(
      #"{"required":["k"],"additionalProperties":{"type":"integer"}}"#, fits: [#"{"k":1}"#],
      fails: [(#"{"k":"x"}"#, "/k", "type")]),
    .init(#"{"minProperties":1}"#, fits: [#"{"a":1}"#, "[]"], fails: [("{}", "", "minProperties")]),
    .init(#"{"maxProperties":1}"#, fits: ["{}"], fails: [(#"{"a":1,"b":1}"#, "", "maxProperties")]),
    .init(
      #"{"properties":{"a":{"type":"integer"}},"required":["b"]}"#, fits: [#"{"a":1,"b":1}"#],
      fails: [(#"{"a":"x"}"#, "/a", "type")]),
  ]

  private static let combined: [JSONSchemaTests.Rule] = [
    .init(
      #"{"allOf":[{"minimum":1},{"maximum":3}]}"#, fits: ["1", "3"],
      fails: [("0", "", "minimum"), ("4", "", "maximum")]),
    .init(
      #"{"anyOf":[{"const":1},{"const":2}]}"#, fits: ["1", "2"], fails: [("3", "", "anyOf")]),
    .init(
      #"{"anyOf":[{"minimum":1},{"maximum":3}]}"#, fits: ["2", "0", "4"], fails: []),
    .init(
      #"{"oneOf":[{"minimum":3},{"maximum":5}]}"#, fits: ["2", "6"], fails: [("4", "", "oneOf")]),
    .init(
      #"{"oneOf":[{"const":1},{"const":2}]}"#, fits: ["1", "2"], fails: [("3", "", "oneOf")]),
    .init(
      #"{"oneOf":[{"type":"null"},{"type":"object","properties":{"a":{"type":"integer"}}}]}"#,
      fits: ["null", #"{"a":1}"#], fails: [(#"{"a":"x"}"#, "/a", "type"), ("1", "", "oneOf")]),
    .init(
      #"{"properties":{"v":{"anyOf":[{"type":"string"},{"items":{"type":"string"},"type":"array"}]}}}"#,
      fits: [#"{"v":"x"}"#, #"{"v":["x"]}"#],
      fails: [(#"{"v":["x",1]}"#, "/v/1", "type"), (#"{"v":1}"#, "/v", "anyOf")]),
    .init(
      ##"{"properties":{"a":{"$ref":"#/$defs/x~1y"}},"$defs":{"x/y":{"type":"string"}}}"##,
      fits: [#"{"a":"s"}"#],
      fails: [(#"{"a":1}"#, "/a", "type")]),
    .init(
      ##"{"items":{"title":"t","$ref":"#/$defs/n"},"$defs":{"n":{"$ref":"#/$defs/m"},"m":{"maximum":5}}}"##,
      fits: ["[5]"], fails: [("[6]", "/0", "maximum")]),
    .init(
      #"{"type":"object","allOf":[{"required":["a"]},{"required":["b"]}],"minProperties":2}"#,
      fits: [#"{"a":1,"b":2}"#], fails: [(#"{"a":1,"c":2}"#, "/b", "required"), ("{}", "", "minProperties")]),
  ]
}
