import ArgumentParser
import Glibc
import StationCalendar
import StationClient
import StationJSON

/// `stationctl watch`
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration("watch")
  private static let method = "support.list"

  @OptionGroup var options: GlobalOptions

  @Flag(help: ArgumentHelp(Language.current.pick("Print it once and end.", zh: "只输出一次。")))
  var once = false

  @Option(
    help: ArgumentHelp(Language.current.pick("Only of this department.", zh: "只看该部门。"), valueName: "id"))
  var department: String?

  @Option(help: ArgumentHelp(Language.current.pick("Only of this station.", zh: "只看该派出所。"), valueName: "id"))
  var station: String?

  func run() throws {
    if once || !Terminal.outIsTerminal || options.json || options.ndjson {
      let client = try options.connect()
      let (items, now) = try fetch(client, all: true)
      if options.json || options.ndjson {
        ResultPrinter(options: options).print(["items": .array(items)])
      } else {
        Terminal.out(WatchTable(items: items).text(now: now(), style: options.style(of: Self.method, client)))
      }
      return
    }
    try live()
  }

  /// Redraws every second, so that the time left runs, and asks again after events and after a lost connection.
  private func live() throws {
    let interrupt = Interrupt.install()
    let options = options
    let vocabulary = options.style(of: Self.method, try options.connect()).vocabulary
    let follower = EventFollower(since: nil) { () throws(ClientError) -> Client in try options.connect() }
    let second = Duration.seconds(1)
    var (items, now) = try fetch(options.connect())
    var drawn = 0
    do {
      while true {
        // As wide as the terminal is now.
        var style = options.style
        style.vocabulary = vocabulary
        let text = WatchTable(items: items).text(now: now(), style: style)
        drawn = redraw(text, over: drawn)
        let limit = TimeLimit(in: second)
        var isStale = false
        // Events come in bunches; one look at the list is enough for all that came within the second.
        while let event = try follower.next(limit: limit, interrupt: interrupt) {
          if event.kind.utf8.starts(with: "support.".utf8) { isStale = true }
        }
        if isStale, let fresh = try? fetch(options.connect()) { (items, now) = fresh }
      }
    } catch ClientError.interrupted {
    }
  }

  /// The requests, and a clock that agrees with the daemon's.
  ///
  /// - Parameter all: otherwise only so many as fit on a screen, those whose time ends first.
  private func fetch(_ client: Client, all: Bool = false) throws -> ([JSONValue], () -> Instant) {
    var params: JSONObject = ["open": true, "order": "asc", "limit": 500]
    if let department { params["department"] = .string(department) }
    if let station { params["station"] = .string(station) }
    let answers = try client.callMany([
      Client.Call(Self.method, options.params(.object(params))), Client.Call("system.ping"),
    ])
    var page = try answers[0].get()
    var items = page["items"]?.arrayValue ?? []
    while all, let next = page["next"] {
      params["cursor"] = next
      page = try client.call(Self.method, options.params(.object(params)))
      items += page["items"]?.arrayValue ?? []
    }
    guard let text = try? answers[1].get()["now"]?.stringValue, let theirs = Instant(rfc3339: text) else {
      return (items, { .now })
    }
    let ahead = theirs.milliseconds(since: .now)
    return (items, { Instant.now.adding(milliseconds: ahead) })
  }

  /// Draws over the lines of before; answers how many there are now.
  private func redraw(_ text: String, over lines: Int) -> Int {
    let up = lines > 0 ? "\u{1B}[\(lines)A" : ""
    // Each line is cleared to its end, and what is left of a longer table below.
    let body = text.split(separator: "\n").map { "\($0)\u{1B}[K\n" }.joined()
    Terminal.out("\(up)\r\(body)\u{1B}[J")
    return text.utf8.count { $0 == UInt8(ascii: "\n") }
  }
}

extension Instant {
  /// The machine's clock.
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
