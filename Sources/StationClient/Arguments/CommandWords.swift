/// The words of a command line, which reach a program as bytes of whatever encoding.
package enum CommandWords {
  /// The words as text. Those of another encoding are refused: their letters would be lost, and what was stored for
  /// them could not be told from what was meant.
  package static func decode(_ words: [[UInt8]]) throws(UsageError) -> [String] {
    var texts: [String] = []
    for word in words {
      guard let text = String(validating: word, as: UTF8.self) else { throw undecoded(word, after: texts) }
      texts.append(text)
    }
    return texts
  }

  private static func undecoded(_ word: [UInt8], after texts: [String]) -> UsageError {
    let number = texts.count + 1
    let seen = shown(String(decoding: word, as: UTF8.self))
    let before = texts.last.map(shown)
    let after = before.map { ", after '\($0)'," } ?? ""
    let afterZh = before.map { "（在“\($0)”之后）" } ?? ""
    return UsageError(
      "argument \(number) ('\(seen)')\(after) is not UTF-8; set the terminal or the script to UTF-8",
      zh: "第 \(number) 个参数（“\(seen)”）\(afterZh)不是 UTF-8 文本；请将终端或脚本的编码设为 UTF-8")
  }

  private static func shown(_ text: String) -> String {
    DisplayWidth.cut(DisplayWidth.printable(text), to: 40)
  }
}
