import StationClient
import StationJSON
import Testing

@Suite struct MethodArgumentsTests {
  private func method(_ name: String) throws -> MethodDescription {
    try #require(try Fixtures.api().method(in: [name])?.0)
  }

  @Test(
    arguments: [
      (["--scenario", "5", "--station=st-01"], #"{"scenario":5,"station":"st-01"}"#),
      (["5", "--station", "12"], #"{"scenario":5,"station":"12"}"#),
      (["--seems-urgent"], #"{"seems_urgent":true}"#),
      (["--seems_urgent", "false"], #"{"seems_urgent":false}"#),
      (["--no-seems-urgent", "7"], #"{"seems_urgent":false,"scenario":7}"#),
      (["--seems-urgent=true"], #"{"seems_urgent":true}"#),
      (["--tags", "1", "--tags", "-2"], #"{"tags":[1,-2]}"#),
      (["--tags", "[1,2]", "--tags=3"], #"{"tags":[1,2,3]}"#),
      (
        ["--facts.persons-involved", "2", "--facts.seems_victim"],
        #"{"facts":{"persons_involved":2,"seems_victim":true}}"#
      ),
      (["--facts", #"{"persons_involved":2}"#], #"{"facts":{"persons_involved":2}}"#),
      (["--more.a.b", "1", "--more.c", "x"], #"{"more":{"a":{"b":1},"c":"x"}}"#),
      (["--urgency", "urgent", "--", "5"], #"{"urgency":"urgent","scenario":5}"#),
      // The method's own reason, not the call's.
      (["--reason", "because"], #"{"reason":"because"}"#),
    ] as [([String], String)])
  func `options become params of the declared types`(words: [String], expected: String) throws {
    let parsed = try MethodArguments(words, method: method("support.open"))
    #expect(try .object(parsed.params) == JSONParser.parse(expected))
    #expect(parsed.common.isEmpty)
  }

  @Test(
    arguments: [
      (["--scenario", "x"], "--scenario takes an integer, not 'x'"),
      (["--scenario", "1.0"], "--scenario takes an integer, not '1.0'"),
      (["--scenario", "0"], "--scenario is at least 1, not 0"),
      (["--scenario=23"], "--scenario is at most 22, not 23"),
      (["--urgency", "now"], "--urgency is one of routine, urgent, immediate; not 'now'"),
      (["--station"], "--station needs a value"),
      (["--station", "--urgency", "urgent"], "--station needs a value"),
      (["--station", "a", "--station", "b"], "--station is given twice"),
      (["--sation", "a"], "support.open has no option --sation; did you mean --station?"),
      (["-x"], "support.open has no option -x"),
      (["--zzzzzzzzzz"], "support.open has no option --zzzzzzzzzz"),
      (["--facts.bogus", "1"], "'bogus' is not a member of --facts: persons_involved, seems_victim"),
      (["--facts", "[1]"], "--facts takes JSON, not '[1]'"),
      (["--seems-urgent=maybe"], "--seems-urgent is true or false, not 'maybe'"),
      (["5", "6"], "'6' is one word too many; support.open takes only: scenario"),
    ] as [([String], String)])
  func `words that do not fit are refused by name`(words: [String], message: String) throws {
    let method = try method("support.open")
    let error = #expect(throws: UsageError.self) { try MethodArguments(words, method: method) }
    #expect(error?.en == message)
  }

  @Test(
    arguments: [
      (["--scenario", "0"], "--scenario 不得小于 1，不能是 0"), (["--scenario=23"], "--scenario 不得大于 22，不能是 23"),
      (["--urgency", "now"], "--urgency 须为以下之一：routine、urgent、immediate；不能是“now”"),
    ] as [([String], String)])
  func `in Chinese they are told as much`(words: [String], message: String) throws {
    let method = try method("support.open")
    let error = #expect(throws: UsageError.self) { try MethodArguments(words, method: method) }
    #expect(error?.zh == message)
  }

  @Test func `options of every command are set apart with their values`() throws {
    let parsed = try MethodArguments(
      ["5", "--json", "--purpose", "audit", "--timeout=3", "--all", "--help"], method: method("support.open"))
    #expect(parsed.common == ["--json", "--purpose", "audit", "--timeout", "3"])
    #expect(parsed.wantsAll)
    #expect(parsed.wantsHelp)
  }

  @Test(
    arguments: [
      ([], "missing: --scenario, --station"), (["5"], "missing: --station"),
      (["5", "--station", "x", "--facts.seems-victim"], "missing: --facts.persons_involved"),
      (["5", "--station", "x"], nil),
    ] as [([String], String?)])
  func `what is required is asked for`(words: [String], message: String?) throws {
    let method = try method("support.open")
    let parsed = try MethodArguments(words, method: method)
    var found: String?
    do throws(UsageError) { try parsed.checkRequired(method) } catch { found = error.en }
    #expect(found == message)
  }

  @Test(arguments: [
    ["directory", "unit", "get", "st-01"], ["directory", "unit.get", "st-01"],
    ["directory.unit.get", "st-01"],
  ])
  func `a method is found by words, dots and both`(words: [String]) throws {
    let (method, rest) = try #require(try Fixtures.api().method(in: words[...]))
    #expect(method.name == "directory.unit.get")
    #expect(method.disclosesPersonalData)
    #expect(Array(rest) == ["st-01"])
  }
}
