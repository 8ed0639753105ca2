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
