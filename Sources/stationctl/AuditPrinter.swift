import StationClient
import StationCrypto
import StationJSON

/// Says what was verified.
struct AuditPrinter {
  let options: GlobalOptions

  /// A whole log, or, with `index`, one record of it and what it wrote.
  func print(_ report: LogReport, index: UInt64? = nil, _ contents: [RecordContent] = []) {
    if options.json || options.ndjson {
      var object: JSONObject = [
        "ok": true, "origin": .string(report.origin), "size": .int(Int(clamping: report.size)),
        "root": .string(report.root.base64),
      ]
      if let index { object["index"] = .int(Int(clamping: index)) }
      if !contents.isEmpty { object["written"] = .array(contents.map(Self.shown)) }
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
    for content in contents {
      let name = DisplayWidth.printable("\(content.collection) \(content.id)")
      let line = language.pick(
        "it wrote version \(content.version) of \(name):", zh: "写入了 \(name) 的第 \(content.version) 版：")
      Terminal.out(line + "\n")
      ResultPrinter(options: options).print(Self.body(content))
    }
  }

  private static func shown(_ content: RecordContent) -> JSONValue {
    [
      "collection": .string(content.collection), "id": .string(content.id), "version": .int(content.version),
      "body": body(content),
    ]
  }

  /// A text where it is no JSON, which the commitment does not promise.
  private static func body(_ content: RecordContent) -> JSONValue {
    (try? JSONParser.parse(content.body)) ?? .string(String(decoding: content.body, as: UTF8.self))
  }
}
