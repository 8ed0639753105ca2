import StationJSON

/// What a reload changed, in a few lines.
package enum ReloadText {
  /// - Parameter report: the result of `system.reload`.
  package static func text(_ report: JSONValue, language: Language) -> String {
    let changed = lines(report["changed"], language)
    let waiting = lines(report["needs_restart"], language)
    guard !changed.isEmpty || !waiting.isEmpty else {
      return language.pick("nothing changed\n", zh: "没有变化\n")
    }
    let head = language.pick("needs a restart:\n", zh: "须重启后生效：\n")
    return changed.joined() + (waiting.isEmpty ? "" : head + waiting.joined())
  }

  private static func lines(_ changes: JSONValue?, _ language: Language) -> [String] {
    (changes?.arrayValue ?? []).map { change in
      let nothing = language.pick("(nothing)", zh: "（无）")
      let words = ["key", "from", "to"].map { name in
        let text = change[name]?.stringValue ?? ""
        return text.isEmpty ? nothing : DisplayWidth.printable(text)
      }
      return "\(words[0]): \(words[1]) -> \(words[2])\n"
    }
  }
}
