/// Rows of text in aligned columns.
package struct Table: Sendable {
  package struct Column: Sendable {
    package let title: String
    /// Numbers stand to the right.
    package let toTheRight: Bool
    /// Whether its cells are never cut: half a number or half an hour would be read as another.
    package let isWhole: Bool

    package init(_ title: String, toTheRight: Bool = false, isWhole: Bool = false) {
      self.title = title
      self.toTheRight = toTheRight
      self.isWhole = toTheRight || isWhole
    }
  }

  package let columns: [Column]
  private var rows: [(cells: [String], style: Style)] = []

  package init(columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty.
  package mutating func add(_ cells: [String], style: Style = .plain) {
    rows.append((cells.map(DisplayWidth.printable), style))
  }

  /// The lines, each with its line feed. `width` is that of the terminal: wide columns are cut to fit, and where that
  /// does not do, those to the right are left out, with `…` in their place; nil leaves all whole.
  package func text(width: Int? = nil, colours: Bool = false) -> String {
    let (widths, isWhole) = fitted(natural(), to: width)
    let rest = isWhole ? "" : Table.spaces(Table.gap) + "…"
    var text = line(columns.map(\.title), rest, widths: widths, style: .bold, colours: colours)
    for row in rows { text += line(row.cells, rest, widths: widths, style: row.style, colours: colours) }
    return text
  }

  private static let gap = 2
  /// A column is cut to no less than this: less does not tell rows apart.
  private static let narrowest = 12

  private func natural() -> [Int] {
    var widths = columns.map { DisplayWidth.columns($0.title) }
    for row in rows {
      for (place, cell) in row.cells.enumerated() where place < widths.count {
        widths[place] = max(widths[place], DisplayWidth.columns(cell))
      }
    }
    return widths
  }

  /// The widths of the columns that are shown, and whether those are all. The first column, which tells rows apart,
  /// and what is told as a whole or not at all keep theirs; the widest of the others gives, a column of the terminal
  /// at a time.
  private func fitted(_ natural: [Int], to width: Int?) -> ([Int], isWhole: Bool) {
    guard let width, !natural.isEmpty else { return (natural, true) }
    let least = natural.indices.map { place in
      place == 0 || columns[place].isWhole ? natural[place] : min(natural[place], Table.narrowest)
    }
    var count = natural.count
    func excess(_ widths: some Sequence<Int>) -> Int {
      let mark = count < natural.count ? Table.gap + 1 : 0
      return widths.reduce(0, +) + (count - 1) * Table.gap + mark - width
    }
    while count > 1, excess(least.prefix(count)) > 0 { count -= 1 }
    var widths = Array(natural.prefix(count))
    while excess(widths) > 0 {
      let giving = widths.indices.filter { widths[$0] > least[$0] }
      guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return (widths, count == natural.count)
  }

  private func line(
    _ cells: [String], _ rest: String, widths: [Int], style: Style, colours: Bool
  ) -> String {
    var text = ""
    for (place, width) in widths.enumerated() {
      let cell = DisplayWidth.cut(place < cells.count ? cells[place] : "", to: width)
      let padding = Table.spaces(max(0, width - DisplayWidth.columns(cell)))
      if place > 0 { text += Table.spaces(Table.gap) }
      text += columns[place].toTheRight ? padding + cell : cell + padding
    }
    text += rest
    // No blanks at the end of a line.
    while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
    return style.apply(text, colours: colours) + "\n"
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
