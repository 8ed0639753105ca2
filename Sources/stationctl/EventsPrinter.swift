import StationClient
import StationJSON

/// Prints events, each on its line.
struct EventsPrinter {
  let options: GlobalOptions

  /// Prints events until a signal ends it. `module` leaves out the events of others.
  func follow(since: Int?, kinds: [String], module: String?) throws {
    let interrupt = Interrupt.install()
    let follower = follower(since: since, kinds: kinds)
    do {
      while let event = try follower.next(interrupt: interrupt) {
        if let module, !event.kind.utf8.starts(with: (module + ".").utf8) { continue }
        print(event)
      }
    } catch ClientError.interrupted {
    }
  }

  /// Prints the events that are there: up to the newest when it was asked, or, as that may be of another kind or
  /// not for this user, until no more come.
  func past(since: Int, kinds: [String]) throws {
    let newest = try EventFollower.newest(options.connect())
    var events: [JSONValue] = []
    // A number beyond the newest is refused when it is asked for.
    if newest != since {
      try eachPast(since: since, upTo: newest, kinds: kinds) { event in
        if options.json { events.append(event.json) } else { print(event) }
      }
    }
    if options.json { ResultPrinter(options: options).print(["items": .array(events)]) }
  }

  private func eachPast(since: Int, upTo newest: Int?, kinds: [String], _ show: (Event) -> Void) throws {
    let interrupt = Interrupt.install()
    let follower = follower(since: since, kinds: kinds)
    do {
      while let event = try follower.next(limit: TimeLimit(in: .milliseconds(500)), interrupt: interrupt) {
        show(event)
        if let newest, event.seq >= newest { return }
      }
    } catch ClientError.interrupted {
    }
  }

  private func follower(since: Int?, kinds: [String]) -> EventFollower {
    let options = options
    return EventFollower(
      since: since, kinds: kinds,
      onLoss: { _ in
        Terminal.err(
          options.language.pick("stationctl: connection lost, trying again\n", zh: "stationctl：连接中断，正在重试\n"))
      },
      connect: { () throws(ClientError) -> Client in try options.connect() })
  }

  private func print(_ event: Event) {
    if options.json || options.ndjson {
      Terminal.out(event.json.encodedString + "\n")
    } else {
      Terminal.out(event.line(options.style) + "\n")
    }
  }
}
