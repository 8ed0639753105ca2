import StationStore

/// Metrics in Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct PrometheusText {
  enum Kind: String { case counter, gauge, histogram }
  typealias Label = (name: String, value: String)

  private(set) var text = ""

  /// What the format is called where it is served.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// How every text of this daemon begins.
  static let beginning = "# HELP stationd_"

  /// Begins a metric; its samples follow.
  mutating func family(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  mutating func sample(_ name: String, _ labels: [Label] = [], _ value: Double) {
    text += name + Self.braced(labels) + " " + Self.number(value) + "\n"
  }

  /// A metric of one sample.
  mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    family(name, kind, help)
    sample(name, [], value)
  }

  /// The samples of a histogram.
  /// - Parameter unit: what a value of the histogram is in the metric's own unit.
  mutating func histogram(_ name: String, _ labels: [Label] = [], _ histogram: Histogram, unit: Double) {
    var below = 0
    for (bound, count) in zip(histogram.bounds, histogram.counts) {
      below += count
      sample("\(name)_bucket", labels + [("le", Self.number(Double(bound) * unit))], Double(below))
    }
    let all = histogram.count
    sample("\(name)_bucket", labels + [("le", "+Inf")], Double(all))
    sample("\(name)_sum", labels, Double(histogram.sum) * unit)
    sample("\(name)_count", labels, Double(all))
  }

  private static func braced(_ labels: [Label]) -> String {
    guard !labels.isEmpty else { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
      + "}"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 9e15 ? String(Int64(value)) : String(value)
  }
}
