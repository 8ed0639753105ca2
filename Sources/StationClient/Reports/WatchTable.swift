import StationCalendar
import StationJSON

/// Open support requests with the time that is left for the next duty of each.
package struct WatchTable: Sendable {
  private let items: [JSONValue]

  /// Headers of requests, as `support.list` gives them.
  package init(items: [JSONValue]) { self.items = items }

  /// How near a limit is.
  package enum Urgency: Sendable, Equatable {
    case overdue, soon, fine

    /// Judges by the instants: `soon` is less than a quarter of the whole left.
    package init(opened: Instant?, due: Instant, now: Instant) {
      let left = due.milliseconds(since: now)
      guard left >= 0 else {
        self = .overdue
        return
      }
      guard let opened else {
        self = .fine
        return
      }
      let whole = due.milliseconds(since: opened)
      self = left * 4 < whole ? .soon : .fine
    }

    var style: Style {
      switch self {
      case .overdue: .red
      case .soon: .yellow
      case .fine: .plain
      }
    }
  }

  /// The table, the most urgent first.
  package func text(now: Instant, style: ResultText) -> String {
    let language = style.language
    guard !items.isEmpty else {
      return language.pick("no open support requests\n", zh: "没有未关闭的支援请求\n")
    }
    let titles = [
      language.pick("REQUEST", zh: "请求"), language.pick("LEFT", zh: "剩余"),
      language.pick("URGENCY", zh: "紧急程度"),
      language.pick("STATE", zh: "状态"), language.pick("STATION", zh: "派出所"),
      language.pick("DEPARTMENT", zh: "部门"), language.pick("SCENARIO", zh: "场景"),
    ]
    var table = Table(columns: titles.enumerated().map { Table.Column($1, toTheRight: $0 == 1) })
    for row in sorted() {
      let left = row.due.map { WatchTable.duration($0.milliseconds(since: now), language: language) } ?? "-"
      let urgency = row.due.map { Urgency(opened: row.opened, due: $0, now: now) } ?? .fine
      let cells = ["urgency", "state", "station", "department", "scenario"].map { key in
        row.json[key].map { style.cell($0, of: key) } ?? ""
      }
      table.add([row.json["id"].map { style.cell($0) } ?? "", left] + cells, style: urgency.style)
    }
    return table.text(width: style.width, colours: style.colours)
  }

  /// `1:02:03` or `-0:05:00`, with days from two on.
  package static func duration(_ milliseconds: Int64, language: Language) -> String {
    let sign = milliseconds < 0 ? "-" : ""
    let seconds = milliseconds.magnitude / 1_000
    let days = seconds / 86_400
    func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if days >= 2 {
      let hours = seconds / 3_600 % 24
      return sign + language.pick("\(days) d \(two(hours)) h", zh: "\(days) 天 \(two(hours)) 小时")
    }
    return "\(sign)\(seconds / 3_600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  private struct Row {
    let json: JSONValue
    let opened: Instant?
    let due: Instant?
  }

  private func sorted() -> [Row] {
    let rows = items.map { item in
      Row(
        json: item, opened: WatchTable.instant(item["opened_at"]),
        due: WatchTable.instant(item["next_due"]) ?? WatchTable.instant(item["response_due"])
          ?? WatchTable.instant(item["support_due"]))
    }
    return rows.sorted { ($0.due ?? .latest) < ($1.due ?? .latest) }
  }

  private static func instant(_ value: JSONValue?) -> Instant? {
    value?.stringValue.flatMap { Instant(rfc3339: $0) }
  }
}
