/// Rows of text in aligned columns.
package struct Table: Sendable {
  package struct Column: Sendable {
    package let title: String
    /// Numbers stand to the right.
    package let toTheRight: Bool

    package init(_ title: String, toTheRight: Bool = false) {
      self.title = title
      self.toTheRight = toTheRight
    }
  }

  package let columns: [Column]
  private var rows: [(cells: [String], style: Style)] = []

  package init(columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty.
  package mutating func add(_ cells: [String], style: Style = .plain) {
    rows.append((cells.map(DisplayWidth.printable), style))
  }

  /// The lines, each with its line feed. `width` is that of the terminal: wide columns are cut to fit; nil leaves
  /// all whole.
  package func text(width: Int? = nil, colours: Bool = false) -> String {
    let widths = fitted(natural(), to: width)
    var text = line(columns.map(\.title), widths: widths, style: .bold, colours: colours)
    for row in rows { text += line(row.cells, widths: widths, style: row.style, colours: colours) }
    return text
  }

  private static let gap = 2

  private func natural() -> [Int] {
    var widths = columns.map { DisplayWidth.columns($0.title) }
    for row in rows {
      for (place, cell) in row.cells.enumerated() where place < widths.count {
        widths[place] = max(widths[place], DisplayWidth.columns(cell))
      }
    }
    return widths
  }

  /// Takes from the widest column, a column at a time, until the line fits or nothing can give.
  private func fitted(_ natural: [Int], to width: Int?) -> [Int] {
    var widths = natural
    guard let width, !widths.isEmpty else { return widths }
    var excess = widths.reduce(0, +) + (widths.count - 1) * Table.gap - width
    while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8 {
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private func line(_ cells: [String], widths: [Int], style: Style, colours: Bool) -> String {
    var text = ""
    for (place, column) in columns.enumerated() {
      let cell = DisplayWidth.cut(place < cells.count ? cells[place] : "", to: widths[place])
      let padding = String(repeating: " ", count: max(0, widths[place] - DisplayWidth.columns(cell)))
      if place > 0 { text += String(repeating: " ", count: Table.gap) }
      text += column.toTheRight ? padding + cell : cell + padding
    }
    // No blanks at the end of a line.
    while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
    return style.apply(text, colours: colours) + "\n"
  }
}
