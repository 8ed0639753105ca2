import StationCalendar
import StationJSON

/// Results as people read them: lists as tables, single objects as aligned `key: value` lines.
package struct ResultText: Sendable {
  package let language: Language
  package let colours: Bool
  /// Columns of the terminal; nil if the output is none.
  package let width: Int?
  /// The daemon's clock; without it timestamps are shown as they are.
  package var clock: WallClock?
  /// The members that are amounts in fen.
  package var amounts: Set<String> = []
  package var vocabulary = Vocabulary.none

  package init(
    language: Language, colours: Bool = false, width: Int? = nil, clock: WallClock? = nil,
    amounts: Set<String> = [], vocabulary: Vocabulary = .none
  ) {
    self.language = language
    self.colours = colours
    self.width = width
    self.clock = clock
    self.amounts = amounts
    self.vocabulary = vocabulary
  }

  /// What a list is called that is all there is to tell, or nearly.
  private static let listNames = ["items", "rows"]

  /// The name and the elements of the member that makes a result a list; nil if it is none.
  package static func list(in result: JSONValue) -> (key: String, items: [JSONValue])? {
    guard case .object(let object) = result else { return nil }
    for key in listNames {
      if case .array(let items)? = object[key] { return (key, items) }
    }
    // A result that is nothing but one list of objects, whatever it is called.
    let members = object.filter { $0.key != "next" && $0.key != "next_cursor" }
    guard members.count == 1, case .array(let items) = members[0].value, items.first?.objectValue != nil
    else {
      return nil
    }
    return (members[0].key, items)
  }

  /// Where the next page starts; nil on the last.
  package static func nextCursor(of result: JSONValue) -> String? {
    let next = result["next"] ?? result["next_cursor"]
    return next?.stringValue ?? next?.numberValue?.literal
  }

  /// The lines of a result, the last with its line feed.
  package func text(_ result: JSONValue) -> String {
    let result = Readable(language: language, amounts: amounts).value(result)
    if let list = ResultText.list(in: result) {
      var rest = result.objectValue ?? [:]
      for key in [list.key, "next", "next_cursor"] { rest[key] = nil }
      let heading = rest.isEmpty ? "" : fields(.object(rest)) + "\n"
      return heading + table(list.items, Self.listNames.contains(list.key) ? "" : list.key)
    }
    switch result {
    case .object: return fields(result)
    case .array(let items) where items.first?.objectValue != nil: return table(items)
    case .array(let items): return items.reduce(into: "") { $0 += cell($1) + "\n" }
    default: return cell(result) + "\n"
    }
  }

  /// A table with a column for each member that any of the objects has.
  /// - Parameter path: of the list in the result; empty for one that is the result.
  private func table(_ items: [JSONValue], _ path: String = "") -> String {
    guard !items.isEmpty else { return language.pick("(none)\n", zh: "（无）\n") }
    // Rows of figures are all in inner objects.
    let items = items.contains(where: Ratio.isWithin) ? items.map { .object(ResultText.flat($0)) } : items
    var keys: [String] = []
    var known: Set<String> = []
    for item in items {
      for (key, value) in item.objectValue ?? [:]
      where !ResultText.isEmpty(value) && known.insert(key).inserted {
        keys.append(key)
      }
    }
    guard !keys.isEmpty else { return items.reduce(into: "") { $0 += cell($1) + "\n" } }
    let columns = keys.map { key in
      let values = items.compactMap { $0[key] }.filter { !$0.isNull }
      return Table.Column(
        label(key, in: path),
        toTheRight: amounts.contains(key) || values.allSatisfy { $0.numberValue != nil },
        isWhole: values.allSatisfy { $0.stringValue.flatMap(Instant.init(rfc3339:)) != nil })
    }
    var table = Table(columns: columns)
    for item in items { table.add(keys.map { key in item[key].map { tableCell($0, of: key) } ?? "" }) }
    return table.text(width: width, colours: colours)
  }

  /// Inner values are cut: whoever wants them whole asks for the single object or for JSON.
  private func tableCell(_ value: JSONValue, of member: String) -> String {
    if let ratio = Ratio(value) { return ratio.short(vocabulary) }
    let text = cell(value, of: member)
    switch value {
    case .object(let object) where bilingual(object) != nil: return text
    case .array, .object: return DisplayWidth.cut(text, to: 40)
    case .string(let timestamp): return clock?.minute(timestamp) ?? text
    default: return text
    }
  }

  /// All members, those of inner objects as `outer.inner`; ratios stay whole.
  private static func flat(_ value: JSONValue, prefix: String = "") -> JSONObject {
    var result = JSONObject()
    for (key, member) in value.objectValue ?? [:] {
      if Ratio(member) == nil, member.objectValue?.isEmpty == false {
        for (inner, value) in flat(member, prefix: prefix + key + ".") { result[inner] = value }
      } else {
        result[prefix + key] = member
      }
    }
    return result
  }

  /// Whether there is nothing in it to show.
  private static func isEmpty(_ value: JSONValue) -> Bool {
    switch value {
    case .null: true
    case .array(let elements): elements.isEmpty
    case .object(let object): object.isEmpty
    default: false
    }
  }

  /// What a member is called; of inner objects as `outer.inner`.
  /// - Parameter outer: the path of the object that it is in; empty for the result itself.
  private func label(_ path: String, in outer: String = "") -> String {
    var outer = outer.split(separator: ".").last.map(String.init)
    let parts = path.split(separator: ".", omittingEmptySubsequences: false).map { part in
      defer { outer = String(part) }
      return vocabulary.label(String(part), in: outer)
    }
    return DisplayWidth.printable(parts.joined(separator: "."))
  }

  /// A value on one line.
  package func cell(_ value: JSONValue, of path: String = "") -> String {
    switch value {
    case .null: return "-"
    case .bool(let value): return value ? language.pick("yes", zh: "是") : language.pick("no", zh: "否")
    case .number(let number): return number.literal
    case .string(let text):
      let member = path.split(separator: ".").last.map(String.init) ?? ""
      return DisplayWidth.printable(vocabulary.value(text, of: member))
    case .array(let elements):
      if elements.isEmpty { return "-" }
      if let lines = sentences(value) { return lines.joined(separator: " ") }
      return elements.allSatisfy { $0.objectValue == nil && $0.arrayValue == nil }
        ? elements.map { cell($0, of: path) }.joined(separator: ", ")
        : DisplayWidth.printable(value.encodedString)
    case .object(let object):
      if object.isEmpty { return "-" }
      if let ratio = Ratio(value) { return ratio.long(language, vocabulary) }
      if let text = bilingual(object) { return DisplayWidth.printable(text) }
      return DisplayWidth.printable(value.encodedString)
    }
  }

  /// The member of the reader's language, if the object is one text in both.
  private func bilingual(_ object: JSONObject) -> String? {
    Readable.isText(object) ? object[language.rawValue]?.stringValue : nil
  }

  /// The elements of a list of such texts, as an explanation is one; nil for what is none.
  private func sentences(_ value: JSONValue) -> [String]? {
    guard case .array(let elements) = value, !elements.isEmpty else { return nil }
    let texts = elements.compactMap { $0.objectValue.flatMap(bilingual).map(DisplayWidth.printable) }
    return texts.count == elements.count ? texts : nil
  }

  /// `key: value` lines; members of inner objects as `outer.inner`, lists of objects as tables below, lists of texts
  /// as lines below.
  private func fields(_ value: JSONValue) -> String {
    var lines: [(key: String, text: String)] = []
    var blocks: [(key: String, text: String)] = []
    collect(value, prefix: "", into: &lines, &blocks)
    let width = lines.map { DisplayWidth.columns($0.key) }.max() ?? 0
    var text = ""
    for line in lines {
      let padding = String(repeating: " ", count: width - DisplayWidth.columns(line.key))
      text += Style.bold.apply(line.key + ":", colours: colours) + padding + " " + line.text + "\n"
    }
    for (key, block) in blocks {
      if !text.isEmpty { text += "\n" }
      text += Style.bold.apply(key + ":", colours: colours) + "\n" + block
    }
    if text.isEmpty { text = language.pick("done\n", zh: "完成\n") }
    return text
  }

  private func collect(
    _ value: JSONValue, prefix: String, into lines: inout [(key: String, text: String)],
    _ blocks: inout [(key: String, text: String)]
  ) {
    for (key, member) in value.objectValue ?? [:] {
      let name = prefix + key
      switch member {
      case .object(let object) where !object.isEmpty && bilingual(object) == nil && Ratio(member) == nil:
        collect(member, prefix: name + ".", into: &lines, &blocks)
      case .array(let items) where items.first?.objectValue != nil:
        blocks += sentences(member).map { [(label(name), Self.lines($0))] } ?? inner(items, name)
      case .string(let timestamp):
        lines.append((label(name), clock?.second(timestamp) ?? cell(member, of: name)))
      default:
        lines.append((label(name), cell(member, of: name)))
      }
    }
  }

  /// A table, and below it, row by row, the lists of texts that are too long for a cell. A row is named by its first
  /// member.
  private func inner(_ items: [JSONValue], _ name: String) -> [(key: String, text: String)] {
    var rows: [JSONValue] = []
    var below: [(key: String, text: String)] = []
    for item in items {
      var row = item.objectValue ?? [:]
      let first = row.first.map { cell($0.value, of: $0.key) } ?? ""
      for (key, value) in item.objectValue ?? [:] {
        guard let texts = sentences(value) else { continue }
        row[key] = nil
        below.append(("\(label(name))[\(first)].\(label(key, in: name))", Self.lines(texts)))
      }
      rows.append(item.objectValue == nil ? item : .object(row))
    }
    return [(label(name), table(rows, name))] + below
  }

  private static func lines(_ texts: [String]) -> String { texts.reduce(into: "") { $0 += "  \($1)\n" } }
}
