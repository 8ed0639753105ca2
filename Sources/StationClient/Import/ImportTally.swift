import StationJSON

/// How far an import has come.
package struct ImportTally: Sendable, Equatable {
  package var accepted = 0
  /// What had been entered before.
  package var duplicate = 0
  package var refused = 0
  /// Bytes of the file that are done with.
  package var bytes = 0

  package init() {}

  /// Items that are done with.
  package var items: Int { accepted + duplicate + refused }

  package func json(elapsed: Duration) -> JSONObject {
    [
      "accepted": .int(accepted), "duplicate": .int(duplicate), "refused": .int(refused),
      "elapsed_ms": .int(Int(elapsed.milliseconds)),
    ]
  }

  /// One line for a person who waits.
  ///
  /// - Parameter whole: bytes of the file; nil where that is not known.
  package func progress(elapsed: Duration, whole: Int?, language: Language) -> String {
    let seconds = Double(elapsed.milliseconds) / 1_000
    let rate = seconds > 0 ? Int(Double(items) / seconds) : 0
    var text = language.pick(
      "\(items) items, \(refused) refused, \(rate)/s", zh: "已处理 \(items) 条，退回 \(refused) 条，每秒 \(rate) 条")
    if let whole, bytes > 0 {
      let left = Double(max(0, whole - bytes)) * Double(elapsed.milliseconds) / Double(bytes)
      let clock = WatchTable.duration(Int64(left), language: language)
      text += language.pick(", \(clock) left", zh: "，剩余 \(clock)")
    }
    return text
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
