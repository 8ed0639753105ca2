import StationClient
import StationJSON
import Testing

@Suite struct VocabularyTests {
  private static let result = """
    {"id":"SR-1","state":"open","open":true,"note":"open","marks":["late","odd"],"inner":{"state":"done"},
     "steps":[{"from":"open","note":"late"},{"from":null,"note":"x"}]}
    """

  private func text(_ result: String, _ language: Language) throws -> String {
    let method = try #require(Fixtures.api(language).method(in: ["support.open"])?.0)
    return ResultText(language: language, vocabulary: method.vocabulary).text(try JSONParser.parse(result))
  }

  @Test func `a Chinese reader reads what codes are called, and texts as they are`() throws {
    #expect(
      try text(Self.result, .zh) == """
        编号:       SR-1
        状态:       待办
        未结:       是
        备注:       open
        标记:       逾期, odd
        inner.状况: 办结

        流程:
        原状态  说明
        未结    late
        -       x

        """)
  }

  @Test func `texts below a table are found by the row's words`() throws {
    #expect(
      try text(#"{"id":"a","steps":[{"from":"open","note":[{"en":"x","zh":"句"}]}]}"#, .zh) == """
        编号: a

        流程:
        原状态
        未结

        流程[未结].说明:
          句

        """)
  }

  @Test func `an English reader reads the codes`() throws {
    #expect(
      try text(#"{"state":"open","marks":["late"]}"#, .en) == """
        state: open
        marks: late

        """)
  }

  @Test func `another module's method has the shared words, and not this one's`() throws {
    let method = try #require(Fixtures.api(.zh).method(in: ["directory.unit.get"])?.0)
    #expect(method.vocabulary.label("state") == "状况")
    #expect(method.vocabulary.label("marks") == "marks")
  }

  @Test func `a result that is one list has the words of that list`() throws {
    #expect(
      try text(#"{"steps":[{"from":"open","note":"late"}]}"#, .zh) == """
        原状态  说明
        未结    late

        """)
  }

  @Test func `a figure names its unit and what it leaves out`() throws {
    let ratio =
      #"{"rate":{"numerator":1,"denominator":2,"text":"50 %","unit":"steps","exclusions":{"late":3}}}"#
    #expect(try text(ratio, .zh) == "rate: 1/2 流程 50 %（不计入：逾期 3）\n")
    #expect(try text(ratio, .en) == "rate: 1/2 steps 50 % (excluded: late 3)\n")
  }

  @Test func `help says what options and their words are called`() throws {
    let method = try #require(Fixtures.api(.zh).method(in: ["support.open"])?.0)
    let help = MethodHelp(language: .zh).method(method)
    #expect(help.contains("  --urgency WORD              紧急程度（routine 一般|urgent|immediate）\n"))
    #expect(help.contains("  --reason TEXT               理由\n"))
    #expect(help.contains("  --facts.seems_victim        疑似被害\n"))
    let english = try #require(Fixtures.api(.en).method(in: ["support.open"])?.0)
    #expect(MethodHelp(language: .en).method(english).contains("  --urgency routine|urgent|immediate\n"))
  }
}
