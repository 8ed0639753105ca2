import ArgumentParser
import StationCalendar
import StationClient
import StationJSON

/// `stationctl retention --dry-run`
struct RetentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "retention",
    discussion: Language.current.pick(
      """
      Records are deleted by the daemon itself when their keeping ends; nothing has to be run for that. This says \
      which collections that concerns, under which rule, and with --ndjson every record.
      """,
      zh: "保存期满由守护进程自动删除，无需另行执行。本命令说明涉及哪些集合、依据何规则；--ndjson 逐条列出。"))

  /// Days that are looked ahead where no instant is given.
  static let daysAhead = 30

  @OptionGroup var options: GlobalOptions

  @Flag(help: ArgumentHelp(Language.current.pick("Tell, and delete nothing.", zh: "仅预览，不删除。")))
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "What ends until this instant, RFC 3339 (default: in 30 days).", zh: "截至该时刻（RFC 3339，默认三十日后）。"),
      valueName: "instant"))
  var until: String?

  func validate() throws {
    guard dryRun else {
      throw ValidationError(
        Language.current.pick(
          "The daemon deletes by itself when a keeping ends; --dry-run tells what.",
          zh: "保存期满由守护进程自动删除；--dry-run 可预览。"))
    }
  }

  func run() throws {
    let client = try options.connect(otherwise: .administrator)
    let until = try until ?? Self.ahead(client.call("system.ping")["now"])
    var params: JSONObject = ["until": .string(until), "limit": options.ndjson ? 500 : 1]
    var page = try client.call("retention.preview", options.params(.object(params)))
    guard options.ndjson else {
      if options.json {
        Terminal.out((page["collections"] ?? []).encodedString + "\n")
      } else {
        Terminal.out(RetentionText(page, until: until).text(options.language))
      }
      return
    }
    while true {
      Terminal.out(ResultPrinter.lines(page["items"] ?? []))
      guard let next = page["next"] else { return }
      params["cursor"] = next
      page = try client.call("retention.preview", options.params(.object(params)))
    }
  }

  /// The daemon's clock, which may be held, and the days ahead, in the zone that it speaks in.
  private static func ahead(_ now: JSONValue?) -> String {
    let text = now?.stringValue ?? ""
    let now = Instant(rfc3339: text) ?? .now
    return now.adding(hours: 24 * daysAhead).rfc3339(zone: Zone(of: text) ?? .utc)
  }
}
