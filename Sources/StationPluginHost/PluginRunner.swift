import StationKit
import StationPluginWire

/// One plugin by its name: its life, its processes (two while it is reloaded), the calls that it is at.
///
/// All state changes happen with `state` locked; whatever calls out happens after that.
package final class PluginRunner: RemoteModule {
  typealias After = @Sendable () -> Void

  struct State: Sendable {
    var settings: PluginSettings
    var life: PluginLife
    var sessions: [Int: PluginSession] = [:]
    /// The session that calls go to.
    var current: Int?
    /// The one that is to take its place.
    var candidate: Int?
    var lastNumber = 0
    var waiting: [CallRecord] = []
    var desk = SeriesDesk()
    /// Of which series a method took its one number, in how many calls in a row.
    var habits: [String: (series: String, calls: Int)] = [:]
    /// Calls under way that run again, because what they had read, or their number, was not so any more.
    var reruns: Set<Int> = []
    /// Requests of the plugin's own that are to be rehearsed.
    var rehearsals: RehearsalLine<Asked>
    /// Calls that are answered and may not be posted yet: a call with earlier numbers has not been.
    var held: [(call: Int, done: After)] = []
    /// Runs once the state is one of these.
    var observers: [(states: Set<PluginState>, done: @Sendable (PluginState, String) -> Void)] = []
    var reloaded: (@Sendable (String?) -> Void)?
    /// When a reload ended last, and why it failed, if it did.
    var lastReload: (at: Instant, problem: String?)?
    var isWanted: Bool
    var since: Instant
    var log: PluginLog
    var listener: EventListener
    var faults = 0
  }

  package let name: String
  let store: any PluginStore
  let clock: Clock
  /// What a start tells beside the configuration.
  let surroundings: Surroundings
  /// The same module in this process, where the plugin is one that was taken out of it.
  let local: Module?
  let files: PluginFiles
  private let state: Guarded<State>

  package struct Surroundings: Sendable {
    package let version: String
    package let zone: Zone
    /// The one that holds when it is asked.
    package let calendar: @Sendable () -> WorkCalendar

    package init(version: String, zone: Zone, calendar: @escaping @Sendable () -> WorkCalendar) {
      self.version = version
      self.zone = zone
      self.calendar = calendar
    }
  }

  package init(
    _ settings: PluginSettings, store: any PluginStore, clock: Clock, surroundings: Surroundings,
    files: PluginFiles, local: Module? = nil
  ) {
    name = settings.name
    self.store = store
    self.clock = clock
    self.surroundings = surroundings
    self.files = files
    self.local = local
    let memory = files.memory
    state = Guarded(
      State(
        settings: settings, life: PluginLife(limits: settings.limits),
        rehearsals: RehearsalLine(limits: settings.limits),
        isWanted: settings.isEnabled && !memory.isStopped, since: clock.now(),
        log: PluginLog(limits: settings.limits), listener: EventListener(position: memory.position)))
  }

  /// Changes the state, then runs what is to be done outside of the lock.
  @discardableResult
  func with<T: Sendable>(_ body: (inout State, inout [After]) -> T) -> T {
    var after: [After] = []
    let value = state.withLock { body(&$0, &after) }
    for action in after { action() }
    return value
  }

  /// The module that calls go to until the plugin has told its manifest: from its last good one.
  package func rememberedModule() -> Module? {
    let settings = settings
    guard settings.fault == nil, let manifest = files.manifest, settings.refusal(of: manifest) == nil else {
      return nil
    }
    return manifest.module(running: self)
  }

  /// The module that was taken out of this process; nil for a plugin.
  package func localModule() throws -> Module? {
    try local.map { try PluginManifest(PluginManifest.json($0)).module(running: self, local: $0) }
  }

  // MARK: - Calls

  package func run(_ call: RemoteCall, done: @escaping @Sendable (Result<Prepared, RPCError>) -> Void) {
    with { state, after in
      let now = Monotonic.milliseconds()
      var expiry = now + Int64(state.settings.limits.callMs)
      if let given = call.expiry { expiry = min(expiry, Int64(given / 1_000_000)) }
      state.lastNumber += 1
      let record = CallRecord(number: state.lastNumber, call: call, done: done, expiry: expiry)
      let isDeadline = if case .deadline = call.work { true } else { false }
      // What is due waits for its process, also when the daemon itself has just started.
      let waits = isDeadline && state.isWanted && state.life.state != .quarantined
      guard state.current != nil || waits else {
        let error = unavailable(state, now)
        return after.append { done(.failure(error)) }
      }
      guard state.waiting.count < state.settings.limits.waiting else {
        return after.append { done(.failure(RPCError(.queueFull, retryAfterMs: 100))) }
      }
      if call.attempt > 1 { state.reruns.insert(record.number) }
      state.waiting.append(record)
      dispatchWaiting(&state)
    }
  }

  /// Why it cannot be called while no manifest of it counts.
  package var unavailable: RPCError { with { state, _ in unavailable(state, Monotonic.milliseconds()) } }

  /// - Parameter isItsProcess: whether it is the process of the call that is not there, and the plugin may be.
  func unavailable(_ state: State, _ now: Int64, isItsProcess: Bool = false) -> RPCError {
    let message =
      if isItsProcess {
        Text("The process of the plugin '\(name)' that had the call ended", zh: "处理该调用的插件“\(name)”进程已结束")
      } else if state.life.state == .ready {
        Text("The plugin '\(name)' had no place for the call in time", zh: "插件“\(name)”未能及时受理该调用")
      } else {
        Text(
          "The plugin '\(name)' is \(state.life.state.rawValue)",
          zh: "插件“\(name)”暂不可用（\(state.life.state.chinese)）")
      }
    return RPCError(
      .unavailable, message,
      retryAfterMs: state.life.retryAfter(now: now),
      details: ["plugin": .string(name), "state": .string(state.life.state.rawValue)])
  }

  /// Gives waiting calls to the current session as far as it has places.
  func dispatchWaiting(_ state: inout State) {
    guard let number = state.current, state.sessions[number]?.phase == .serving else { return }
    var taken = 0
    while taken < state.waiting.count,
      state.sessions[number]?.inFlight ?? .max < state.settings.limits.inFlight
    {
      foretell(taken, &state)
      guard
        let (id, bytes) = state.sessions[number]?.conversation.callRequest(
          token: Self.token(), params(state.waiting[taken]))
      else { break }
      state.sessions[number]?.calls[id] = state.waiting[taken]
      state.sessions[number]?.process.send(bytes)
      taken += 1
    }
    if taken > 0 { state.waiting.removeFirst(taken) }
  }

  /// So many calls in a row have taken one number before the next one is told it unasked.
  private static let habitual = 100

  /// Gives a call the number that it will ask for, if it does as those before it: a round trip less. Where it then
  /// takes none, those behind it have the wrong ones and run again: so only after many that took one, and while no
  /// call runs again, which would find new ones before it.
  private func foretell(_ place: Int, _ state: inout State) {
    let record = state.waiting[place]
    guard case .write = record.call.work, state.reruns.isEmpty, !record.isForetold,
      let habit = state.habits[record.call.name], habit.calls >= Self.habitual,
      let grant = state.desk.offer(habit.series, call: record.number)
    else { return }
    state.waiting[place].isForetold = true
    state.waiting[place].journal.note(foretold: grant.value, of: habit.series, generation: grant.generation)
  }

  /// Counts the calls in a row that took one number; one that took none, or more, ends them.
  func learnHabit(_ record: CallRecord, _ state: inout State) {
    guard case .write = record.call.work else { return }
    guard record.journal.numbers.count == 1, let series = record.journal.numbers.first?.series else {
      state.habits[record.call.name] = nil
      return
    }
    let former = state.habits[record.call.name]
    state.habits[record.call.name] = (series, former?.series == series ? (former?.calls ?? 0) + 1 : 1)
  }

  private func params(_ record: CallRecord) -> JSONObject {
    var object: JSONObject = [
      "method": .string(record.call.name), "context": WireContext.json(record.call.context),
      "deadline_ms": .int(Int(max(1, record.expiry - Monotonic.milliseconds()))),
    ]
    if record.call.attempt > 1 { object["again"] = true }
    if let (series, value, _) = record.journal.numbers.first {
      object["numbers"] = .object([series: .int(value)])
    }
    switch record.call.work {
    case .read(let params):
      object["kind"] = "read"
      object["params"] = .object(params.object)
    case .write(let params):
      object["kind"] = "write"
      object["params"] = .object(params.object)
    case .deadline(let deadline):
      object["kind"] = "deadline"
      object["params"] = [
        "subject": .string(deadline.subject), "due": .string(deadline.due.rfc3339(zone: surroundings.zone)),
        "payload": .object(deadline.payload), "late": .bool(deadline.late),
      ]
    }
    return object
  }

  /// 128 bits that a plugin cannot guess.
  private static func token() -> String {
    var random = SystemRandomNumberGenerator()
    return String(random.next() as UInt64, radix: 36) + String(random.next() as UInt64, radix: 36)
  }

  package func blame(_ fault: String) {
    with { state, after in
      guard let current = state.current else { return }
      offence(current, fault, &state, &after)
    }
  }
}
