import StationKit
import Testing

/// Not among the tests that run under a sanitizer, where millions of steps take minutes.
@Suite struct EndlessSchemaTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let schema: String
    let value: JSONValue

    init(_ what: String, _ schema: String, _ value: JSONValue) {
      (testDescription, self.schema, self.value) = (what, schema, value)
    }
  }

  static let cases = [
    Case(
      "alternatives that hold themselves",
      #"""
      {"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#/$defs/a"}},
      {"type":"array","items":{"$ref":"#/$defs/a"}}]}}}
      """#, (0..<60).reduce("x") { value, _ in .array([value]) }),
    Case(
      "a value that would fit",
      #"""
      {"$ref":"#/$defs/a","$defs":{"a":{"allOf":[{"type":["array","integer"]},
      {"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#/$defs/a"}}]},
      {"oneOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#/$defs/a"}}]}]}}}
      """#, (0..<60).reduce(1) { value, _ in .array([value]) }),
    Case(
      "a long list of choices for each of many",
      "{\"items\":{\"enum\":[" + (0..<30_000).map(String.init).joined(separator: ",") + "]}}",
      .array(Array(repeating: 29_999, count: 100_000))),
  ]

  @Test(arguments: cases) func `what would be checked without end is refused`(what: Case) throws {
    let schema = try JSONSchema(JSONParser.parse(what.schema))
    #expect(!schema.accepts(what.value))
    #expect(schema.validate(what.value) != nil)
    #expect(!schema.validateAll(what.value).isEmpty)
  }
}
