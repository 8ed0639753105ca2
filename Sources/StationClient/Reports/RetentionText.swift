import StationJSON

/// What `retention.preview` says, as sentences for a person.
package struct RetentionText: Sendable {
  private let preview: JSONValue
  private let until: String

  package init(_ preview: JSONValue, until: String) {
    self.preview = preview
    self.until = until
  }

  /// A sentence for each collection, with the rule behind it; the last with its line feed.
  package func text(_ language: Language) -> String {
    let sums = preview["collections"]?.arrayValue ?? []
    guard !sums.isEmpty else {
      return language.pick("nothing is deleted by \(until)\n", zh: "截至 \(until) 无记录删除\n")
    }
    return sums.reduce(into: "") { $0 += sentence($1, language) + "\n" }
  }

  private func sentence(_ sum: JSONValue, _ language: Language) -> String {
    let name = DisplayWidth.printable(sum["collection"]?.stringValue ?? "")
    let count = sum["count"]?.intValue ?? 0
    let first = DisplayWidth.printable(sum["earliest"]?.stringValue ?? "")
    guard let years = sum["years"]?.intValue, let member = sum["after"]?.stringValue else {
      return language.pick(
        "\(name): \(count), the first \(first); its module is not switched on",
        zh: "\(name)：\(count) 条，最早 \(first)；模块未启用")
    }
    let after = DisplayWidth.printable(member)
    return language.pick(
      "\(name): \(count) kept \(years) years after '\(after)', the first until \(first)",
      zh: "\(name)：\(count) 条，自“\(after)”起保存 \(years) 年，最早于 \(first) 届满")
  }
}
