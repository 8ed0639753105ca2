import ArgumentParser
import StationClient

/// `stationctl events`
struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "events",
    discussion: Language.current.pick(
      "Without --follow it prints what is there and ends. With it, --since replays first; it goes on after a restart "
        + "of the daemon, and ends with Ctrl-C; --json then prints a document for each event, as --ndjson does.",
      zh: "不带 --follow 时输出已有事件后结束；带 --follow 时可用 --since 先重放，守护进程重启后自动续接，Ctrl-C 结束，"
        + "此时 --json 与 --ndjson 相同，逐条输出。"))

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      Language.current.pick("Events after this number.", zh: "此编号之后的事件。"), valueName: "number"))
  var since: Int?

  @Option(
    name: .customLong("kind"),
    help: ArgumentHelp(
      Language.current.pick("Only this kind, such as support.escalated; repeatable.", zh: "只看此类事件；可重复。"),
      valueName: "kind"))
  var kinds: [String] = []

  @Flag(help: ArgumentHelp(Language.current.pick("Wait for new events.", zh: "持续等待新事件。")))
  var follow = false

  func run() throws {
    let printer = EventsPrinter(options: options)
    if follow {
      try printer.follow(since: since, kinds: kinds, module: nil)
    } else {
      try printer.past(since: since ?? 0, kinds: kinds)
    }
  }
}
