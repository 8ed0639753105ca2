import StationClient
import StationCrypto
import StationJSON

/// Says what was verified.
struct AuditPrinter {
  let options: GlobalOptions

  /// A whole log, or, with `index`, one record of it.
  func print(_ report: LogReport, index: UInt64? = nil) {
    if options.json || options.ndjson {
      var object: JSONObject = [
        "ok": true, "origin": .string(report.origin), "size": .int(Int(clamping: report.size)),
        "root": .string(report.root.base64),
      ]
      if let index { object["index"] = .int(Int(clamping: index)) }
      Terminal.out(JSONValue.object(object).encodedString + "\n")
      return
    }
    let language = options.language
    let size = report.size
    let origin = DisplayWidth.printable(report.origin)
    let text =
      if let index {
        language.pick(
          "good: record \(index) is in the log \(origin), which had \(size) records",
          zh: "通过：编号 \(index) 的记录在日志 \(origin) 中（当时共 \(size) 条）")
      } else {
        language.pick(
          "good: \(size) records of the log \(origin), root \(report.root.base64)",
          zh: "通过：日志 \(origin) 共 \(size) 条记录，根 \(report.root.base64)")
      }
    Terminal.out(Style.green.apply(text, colours: options.colours) + "\n")
  }
}
