/// What swift-argument-parser says of a command line, in the reader's language. It speaks English only.
package enum ParserText {
  /// Its sentences, without what stands in quotes; `%` in their place.
  private static let sentences = [
    "Missing expected argument ''": "缺少参数“%”", "Missing value for ''": "“%”缺少值",
    "Missing required subcommand.": "缺少子命令", "Unknown option ''": "没有选项“%”",
    "Unknown option ''. Did you mean ''?": "没有选项“%”；是否想输入“%”？", "Unexpected argument ''": "多余的“%”",
    "The value '' is invalid for ''": "值“%”不适用于“%”",
    "The value '' is invalid for ''. Please provide one of '' and ''.": "值“%”不适用于“%”，可选“%”和“%”",
    "The option '' does not take any value, but '' was specified.": "选项“%”不接受值，却给了“%”",
  ]
  /// What its help texts say of their own, in the order in which it is looked for.
  private static let help = [
    ("OVERVIEW: ", "概述："), ("USAGE: ", "用法： "), ("\nARGUMENTS:\n", "\n参数：\n"), ("\nOPTIONS:\n", "\n选项：\n"),
    ("\nSUBCOMMANDS:\n", "\n子命令：\n"), ("Show the version.", "显示版本。"), ("Show help information.", "显示帮助。"),
    ("<options>", "<选项>"), ("<subcommand>", "<子命令>"), ("; default:", "；默认："),
  ]
  private static let labels = ["Help:  ": "说明： ", "Usage: ": "用法： "]

  /// The message, whose first line says what is wrong.
  package static func text(_ text: String, _ language: Language) -> String {
    guard language == .zh else { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return (lines.prefix(1).map(sentence) + lines.dropFirst().map(labelled)).joined(separator: "\n")
  }

  /// A help text.
  package static func help(_ text: String, _ language: Language) -> String {
    guard language == .zh else { return text }
    var text = help.reduce(text) { $0.replacing($1.0, with: $1.1) }
    for (opening, meant) in [(" (values: ", "（可选值："), (" (default: ", "（默认：")] {
      while let start = text.firstRange(of: opening), let end = text[start.upperBound...].firstIndex(of: ")")
      {
        text.replaceSubrange(end...end, with: "）")
        text.replaceSubrange(start, with: meant)
      }
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return lines.map { labelled($0) }.joined(separator: "\n")
  }

  private static func sentence(_ line: String) -> String {
    let pieces = line.split(separator: "'", omittingEmptySubsequences: false)
    let quoted = pieces.indices.filter { !$0.isMultiple(of: 2) }.map { pieces[$0] }
    let frame = pieces.indices.filter { $0.isMultiple(of: 2) }.map { pieces[$0] }.joined(separator: "''")
    guard let meant = sentences[frame] else {
      // The program's own words are in Chinese already.
      return frame.unicodeScalars.contains { $0.value >= 0x2E80 } ? line : "命令行有误：\(line)"
    }
    let parts = meant.split(separator: "%", omittingEmptySubsequences: false)
    return zip(parts, quoted).map { $0 + $1 }.joined() + (parts.last ?? "")
  }

  private static func labelled(_ line: String) -> String {
    for (label, meant) in labels where line.hasPrefix(label) { return meant + line.dropFirst(label.count) }
    let pieces = line.split(separator: "'", omittingEmptySubsequences: false)
    return pieces.count == 3 && [" for more information.", " for detailed help."].contains(pieces[2])
      ? "  详见 \(pieces[1])" : line
  }
}
