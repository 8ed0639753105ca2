import StationClient
import StationJSON
import Testing

@Suite struct TableTests {
  @Test func `wide characters take two columns`() {
    var table = Table(columns: [.init("name"), .init("n", toTheRight: true), .init("x")])
    table.add(["派出所", "5", "a"])
    table.add(["st-01", "12", "e\u{301}"])
    #expect(
      table.text() == """
        name     n  x
        派出所   5  a
        st-01   12  e\u{301}

        """)
  }

  @Test func `the widest column gives way to the terminal`() {
    var table = Table(columns: [.init("id"), .init("summary")])
    table.add(["1", "一二三四五六七八九十"])
    #expect(table.text(width: 16) == "id  summary\n1   一二三四五…\n")
  }

  @Test(
    arguments: [
      (
        80, "SR-2026-000001-long-id  awaiting_acceptance_o…  11-22 19:08  A crowd at the gate",
        "id                      state                   due          summary"
      ),
      (
        60, "SR-2026-000001-long-id  awaiting_acceptance…  11-22 19:08  …",
        "id                      state                 due          …"
      ), (30, "SR-2026-000001-long-id  …", "id                      …"),
      (10, "SR-2026-000001-long-id  …", "id                      …"),
    ] as [(Int, String, String)])
  func `ids and instants are whole at any width, texts are cut and columns left out`(
    width: Int, row: String, title: String
  ) {
    var table = Table(columns: [.init("id"), .init("state"), .init("due", isWhole: true), .init("summary")])
    table.add([
      "SR-2026-000001-long-id", "awaiting_acceptance_of_it", "11-22 19:08", "A crowd at the gate",
    ])
    #expect(table.text(width: width) == "\(title)\n\(row)\n")
  }

  @Test(arguments: [80, 100])
  func `rows of a terminal's table are told apart`(width: Int) throws {
    let row = { (number: Int) in
      #"{"id":"SR-2026-00000\#(number)","scenario":2,"state":"awaiting_acceptance","station":"st-01","department":"d-02","#
        + #""urgency":"immediate","opened_at":"2026-11-22T09:50:35.123+08:00","#
        + #""response_due":"2026-11-22T10:50:35.123+08:00","support_due":"2027-11-22T10:50:35.123+08:00","version":1}"#
    }
    let list = try JSONParser.parse(#"{"items":[\#(row(1)),\#(row(2))]}"#)
    let clock = WallClock(timestamp: "2026-11-22T12:00:00.000+08:00")
    let text = ResultText(language: .en, width: width, clock: clock).text(list)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { DisplayWidth.columns($0) <= width }, "\(text)")
    #expect(lines[1].hasPrefix("SR-2026-000001  ") && lines[2].hasPrefix("SR-2026-000002  "))
    #expect(lines[1].contains(" 11-22 09:50") == (width == 100))
    #expect(lines.allSatisfy { $0.hasSuffix("…") }, "columns are left out, and that is said")
  }

  @Test(
    arguments: [
      ("2026-11-22T09:50:35.123+08:00", "11-22 09:50", "2026-11-22 09:50:35"),
      ("2026-11-22T01:50:35.123Z", "11-22 09:50", "2026-11-22 09:50:35"),
      ("2025-12-31T17:00:00.000Z", "01-01 01:00", "2026-01-01 01:00:00"),
      ("2027-01-01T00:00:00.000+08:00", "2027-01-01 00:00", "2027-01-01 00:00:00"), ("st-01", nil, nil),
      ("2026-11-22", nil, nil),
    ] as [(String, String?, String?)])
  func `instants stand on the daemon's wall clock`(timestamp: String, minute: String?, second: String?) throws
  {
    let clock = try #require(WallClock(timestamp: "2026-11-22T12:00:00.000+08:00"))
    #expect(clock.minute(timestamp) == minute)
    #expect(clock.second(timestamp) == second)
    #expect(
      ResultText(language: .en, clock: clock).text(["at": .string(timestamp)])
        == "at: \(second ?? timestamp)\n")
    // Without it, as they came.
    #expect(ResultText(language: .en).text(["at": .string(timestamp)]) == "at: \(timestamp)\n")
  }

  @Test(arguments: [(Language.en, "Stop.", "Sum"), (.zh, "停止。", "概要")])
  func `texts beside others are told in the reader's language too`(
    language: Language, text: String, summary: String
  ) throws {
    let item = #"{"id":"a","en":"Stop.","zh":"停止。","summary":"Sum","summary_zh":"概要","left_s":5}"#
    let gap = String(repeating: " ", count: max(6, DisplayWidth.columns(text) + 2) - 4)
    #expect(
      ResultText(language: language).text(try JSONParser.parse(#"{"items":[\#(item)]}"#))
        == "id  text\(gap)summary  left_s\na   \(text)  "
        + "\(summary)\(String(repeating: " ", count: 7 - DisplayWidth.columns(summary)))       5\n")
    #expect(
      ResultText(language: language).text(try JSONParser.parse(item)) == """
        id:      a
        text:    \(text)
        summary: \(summary)
        left_s:  5

        """)
  }

  @Test func `an error's text is told once`() throws {
    let error = try JSONParser.parse(
      #"{"error":{"code":-1,"message":"No.","data":{"kind":"denied","message_zh":"不行。"}}}"#)
    for (language, text) in [(Language.en, "No."), (.zh, "不行。")] {
      #expect(
        ResultText(language: language).text(error) == """
          error.code:      -1
          error.message:   \(text)
          error.data.kind: denied

          """)
    }
  }

  @Test func `what is an amount in fen is told in yuan`() throws {
    let result = try JSONParser.parse(
      #"{"amount":5000000,"small":5,"count":5,"held":{"numerator":150,"denominator":300,"text":"50 %"},"owed":-7}"#
    )
    let amounts: Set = ["amount", "small", "held", "owed"]
    #expect(
      ResultText(language: .zh, amounts: amounts).text(result) == """
        amount: 50000.00 元
        small:  0.05 元
        count:  5
        held:   1.50/3.00 元 50 %
        owed:   -0.07 元

        """)
    #expect(
      ResultText(language: .en, amounts: amounts).text(["items": [["id": "a", "amount": 100]]])
        == "id     amount\na   1.00 yuan\n")
  }

  @Test func `which members are amounts is told by the method's schema`() throws {
    let document = try JSONParser.parse(
      #"{"methods":[{"name":"m.list","result":{"schema":{"type":"object","properties":{"n":{"type":"integer"},"#
        + #""items":{"type":"array","items":{"properties":{"amount":{"type":"integer","x-unit":"fen"}}}}}}}}]}"#
    )
    #expect(APIDescription(document, language: .en).methods.map(\.amounts) == [["amount"]])
  }

  @Test(arguments: [
    ("abc", 3), ("中文", 4), ("ｆｕ", 4), ("e\u{301}", 1), ("한글", 4), ("—…", 2), ("\u{200B}", 0), ("🚓", 2),
  ])
  func `columns of a text`(text: String, columns: Int) {
    #expect(DisplayWidth.columns(text) == columns)
  }

  @Test(arguments: [
    ("\u{1B}[31mred", "\\u{1b}[31mred"), ("a\nb\tc", "a b c"), ("a\u{9B}b", "a\\u{9b}b"),
    ("\u{202E}evil", "\\u{202e}evil"), ("中文", "中文"),
  ])
  func `data cannot steer the terminal`(text: String, shown: String) {
    #expect(DisplayWidth.printable(text) == shown)
  }

  @Test func `a list of objects is a table of all members that any has`() throws {
    let result = try JSONParser.parse(
      #"{"items":[{"id":"a","n":1,"name":{"en":"One","zh":"一"},"gone":null,"marks":{}},{"id":"b","n":22,"to":["x","y"]}],"next":"c"}"#
    )
    #expect(
      ResultText(language: .zh).text(result) == """
        id   n  name  to
        a    1  一
        b   22        x, y

        """)
    #expect(ResultText.nextCursor(of: result) == "c")
  }

  @Test func `a single object is aligned lines, with inner lists below`() throws {
    let result = try JSONParser.parse(
      #"{"id":"a","contact":{"name":"张三","phone":null},"ok":true,"log":[{"at":"t"}]}"#)
    #expect(
      ResultText(language: .en).text(result) == """
        id:            a
        contact.name:  张三
        contact.phone: -
        ok:            yes

        log:
        at
        t

        """)
  }

  @Test func `texts in both languages are told in the reader's`() throws {
    let step = { (number: Int) in
      #"{"code":"c\#(number)","fields":{"n":1},"en":"Step \#(number).","zh":"第\#(number)步。"}"#
    }
    let list = try JSONParser.parse(
      #"{"items":[{"id":"m1","reason":\#(step(1)),"steps":[\#(step(2)),\#(step(3))]}]}"#)
    #expect(
      ResultText(language: .zh).text(list) == """
        id  reason   steps
        m1  第1步。  第2步。 第3步。

        """)
    let single = try JSONParser.parse(
      #"{"id":"SR","steps":[\#(step(1))],"terms":[{"clock":"response","steps":[\#(step(2)),\#(step(3))]}]}"#)
    #expect(
      ResultText(language: .en).text(single) == """
        id: SR

        steps:
          Step 1.

        terms:
        clock
        response

        terms[response].steps:
          Step 2.
          Step 3.

        """)
  }

  @Test func `figures are ratios with what was left out, and rows of them are flat`() throws {
    let ratio = #"{"numerator":3,"denominator":4,"text":"75 %","exclusions":{"running":2,"withdrawn":0}}"#
    let single = try JSONParser.parse(#"{"on_time":\#(ratio)}"#)
    #expect(ResultText(language: .en).text(single) == "on_time: 3/4 75 % (excluded: running 2)\n")
    let rows = try JSONParser.parse(#"{"rows":[{"key":"a","response":{"on_time":\#(ratio),"p90_s":5}}]}"#)
    #expect(
      ResultText(language: .en).text(rows) == """
        key  response.on_time  response.p90_s
        a    3/4 75 %                       5

        """)
  }

  @Test func `an empty list says so`() throws {
    #expect(ResultText(language: .en).text(["items": []]) == "(none)\n")
    #expect(ResultText(language: .zh).text(["items": []]) == "（无）\n")
  }
}
